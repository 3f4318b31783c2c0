import fc from 'fast-check'
import { expect } from 'vitest'
import {
  heldOf,
  type ModelLead,
  type QueueModel,
  reservedOf,
  type Shop,
  settle,
  shops,
  usedOf,
  type Zip,
  zips,
} from './queue-model.ts'
import { expectSame, observe } from './queue-observation.ts'
import {
  byHand,
  deliver,
  dying,
  enquire,
  expectReserved,
  follow,
  MINUTE_MS,
  pass,
  type RealQueue,
  SECOND_MS,
  sweepLeases,
  type World,
  wakeQueue,
} from './queue-world.ts'

type Act = (world: World, lead: ModelLead) => Promise<void>

/** One thing that happens; afterwards the stores say what the model says. */
class Step implements fc.AsyncCommand<QueueModel, RealQueue> {
  readonly name: string
  readonly act: (world: World) => Promise<void>
  readonly check: (model: Readonly<QueueModel>) => boolean
  constructor(name: string, act: (world: World) => Promise<void>, check = (_model: Readonly<QueueModel>) => true) {
    this.name = name
    this.act = act
    this.check = check
  }
  async run(model: QueueModel, real: RealQueue): Promise<void> {
    pass(model, real, SECOND_MS)
    await this.act({ model, real })
    // As every router does each second.
    await real.agency.chore('waiting counts')
    await expectSame(model, real.agency)
    real.done.set(this.kind, (real.done.get(this.kind) ?? 0) + 1)
  }
  get kind(): string {
    return this.name.replace(/[:,].*/, '')
  }
  toString = () => this.name
}

/** To one of the leads that it can happen to, counted from the newest. */
const toOne = (name: string, can: (lead: ModelLead) => boolean, act: Act) =>
  fc.nat({ max: 4 }).map(
    (n) =>
      new Step(
        `${name}: ${n}`,
        (world) => act(world, pick(world.model, can, n)!),
        (model) => pick(model, can, n) !== undefined,
      ),
  )
function pick({ leads }: Readonly<QueueModel>, can: (lead: ModelLead) => boolean, n: number): ModelLead | undefined {
  const able = leads.filter(can)
  return able.at(-1 - (n % Math.max(1, able.length)))
}

const shop = fc.constantFrom<Shop>('a', 'b')
const zip = fc.constantFrom(...(Object.keys(zips) as Zip[]))

const ask = fc.array(zip, { minLength: 1, maxLength: 3 }).map(
  (codes) =>
    new Step(`somebody asks: ${codes.join(' ')}`, async (world) => {
      const leads = codes.map((code) => enquire(world, code))
      await deliver(world, ...leads)
    }),
)
const askAndDie = zip.map(
  (code) =>
    new Step(`somebody asks and the router dies: ${code}`, async (world) => {
      const lead = enquire(world, code)
      await expect(dying(world, () => world.real.agency.handle([world.real.events.get(lead)!]))).rejects.toThrow(
        'killed',
      )
      await expectReserved(world, lead, 'new')
    }),
)
const deliverAgain = toOne(
  'an event comes again',
  () => true,
  (world, lead) => deliver(world, lead),
)
const wake = fc.constant(new Step('the queue is looked at', wakeQueue))
const wakeAndDie = fc.constant(
  new Step('the queue is looked at and the router dies', async (world) => {
    await dying(world, () => world.real.agency.chore('held leads'))
    for (const lead of heldOf(world.model)) if (!reservedOf(lead)) await expectReserved(world, lead, 'held')
  }),
)
const sweep = fc.constant(new Step('leases are swept', sweepLeases))
const tick = fc
  .constantFrom(1, 16, 3 * 60, 11 * 60)
  .map(
    (minutes) =>
      new Step(`time passes: ${minutes} min`, async ({ model, real }) => pass(model, real, minutes * MINUTE_MS)),
  )
const limit = fc.tuple(shop, fc.nat({ max: 3 })).map(
  ([id, count]) =>
    new Step(`a cap is published: ${id} ${count}`, async ({ model, real }) => {
      model.limits[id] = count
      await real.setLimits(model.limits)
    }),
)
const pause = fc.tuple(shop, fc.boolean()).map(
  ([id, isPaused]) =>
    new Step(`${isPaused ? 'a shop is paused' : 'a shop is opened'}: ${id}`, async ({ model, real }) => {
      if (isPaused) model.paused.add(id)
      else model.paused.delete(id)
      await real.agency.setStatus(shops[id], isPaused ? 'paused' : 'active')
    }),
)
const isOwned = (lead: ModelLead): boolean => lead.outcome === 'assigned' && !lead.hasEnded
const end = toOne('a lead ends', isOwned, async ({ real }, lead) => {
  await real.agency.tell(lead.contact, 'OpportunityStatusUpdate', { status: lead.createdMs % 2 === 0 ? 'won' : 'lost' })
  lead.hasEnded = true
  for (const place of lead.places) if (place.state === 'committed') place.state = 'closed'
})
const giveBackSpam = toOne('a lead comes back as spam', isOwned, async ({ model, real }, lead) => {
  await byHand(real, lead, 'return', { reason: 'spam' }, 200)
  settle(model, lead, { outcome: 'rejected', shops: [] }, null)
})
const giveBackBad = toOne('a lead comes back as bad', isOwned, async (world, lead) => {
  await byHand(world.real, lead, 'return', { reason: 'bad-lead' }, 200)
  follow(world.model, lead, 'return', await observe(world.real.agency))
})
const move = shop.chain((to) =>
  toOne(
    `somebody takes a lead, to ${to}`,
    ({ outcome, hasEnded }) => outcome !== 'asked' && !hasEnded,
    async ({ model, real }, lead) => {
      const reserved = reservedOf(lead)
      const isHindered = reserved !== undefined && reserved.shop !== to
      await byHand(real, lead, 'move', { locationId: shops[to] }, isHindered ? 503 : 200)
      if (!isHindered) settle(model, lead, { outcome: 'assigned', shops: [to] }, to)
    },
  ),
)

/** More than once what much depends on, or what can seldom happen. */
const often = [
  ask,
  ask,
  ask,
  ask,
  wake,
  wake,
  wake,
  askAndDie,
  wakeAndDie,
  deliverAgain,
  sweep,
  tick,
  tick,
  limit,
  pause,
]
const seldomPossible = [end, end, giveBackSpam, giveBackSpam, giveBackBad, giveBackBad, move, move]
export const queueCommands = () => fc.commands([...often, ...seldomPossible], { maxCommands: 30, size: 'max' })

/** One more place at each shop goes to the oldest; three days later nobody waits any more, and nobody was lost. */
export async function playOut(world: World): Promise<void> {
  const { model, real } = world
  for (const id of model.paused) await real.agency.setStatus(shops[id], 'active')
  model.paused.clear()
  model.limits = { a: usedOf(model, 'a') + 1, b: usedOf(model, 'b') + 1 }
  await real.setLimits(model.limits)
  await wakeQueue(world)
  await expectSame(model, real.agency)
  pass(model, real, 3 * 1_440 * MINUTE_MS)
  await sweepLeases(world)
  for (const lead of model.leads) if (lead.outcome === 'asked') await deliver(world, lead)
  await wakeQueue(world)
  await expectSame(model, real.agency)
  expect(await real.agency.drift()).toBe(0)
  expect(model.leads.filter(({ outcome }) => outcome === 'asked' || outcome === 'held')).toEqual([])
}
