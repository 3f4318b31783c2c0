import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { RulesetDocument } from '../../contracts/ruleset.ts'
import { loadSize } from '../support/load-size.ts'
import { playOut, queueCommands } from '../support/queue-commands.ts'
import { HOLD_MINUTES, type QueueModel, type Shop, shops, zips } from '../support/queue-model.ts'
import type { RealQueue } from '../support/queue-world.ts'
import { MONDAY_NOON_MS, type RoutedAgency, startRoutedAgency } from '../support/routed-agency.ts'

const HISTORIES = loadSize(20, 40)
/** Of things that happen. */
const KINDS = 14

let agency: RoutedAgency
/** Of the rulesets published so far, by their caps. */
const hashes = new Map<string, string>()
let running = ''
/** By the history before. */
const leftPaused: Shop[] = []

beforeAll(async () => {
  agency = await startRoutedAgency()
})
afterAll(() => agency?.stop())

it('in any history held leads go oldest first and before new ones, no cap is exceeded, nobody waits beside a free place, nobody is lost and nobody goes twice', async () => {
  const seed = Number(process.env.QUEUE_SEED ?? Date.now() % 2 ** 31)
  const done = new Map<string, number>()
  const outcomes = new Map<string, number>()
  let histories = 0
  const startedAt = performance.now()
  await fc.assert(
    fc.asyncProperty(queueCommands(), async (steps) => {
      histories += 1
      const world = await begin(histories, done)
      await fc.asyncModelRun(() => world, steps).finally(() => leftPaused.push(...world.model.paused))
      await playOut(world)
      for (const { outcome } of world.model.leads) outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
    }),
    // Making a failure smaller ends in time for it to be told.
    { seed, numRuns: HISTORIES, interruptAfterTimeLimit: 400_000 },
  )
  const tookS = ((performance.now() - startedAt) / 1_000).toFixed(1)
  console.log(`seed ${seed}: ${histories} histories in ${tookS} s; ${told(done)}; in the end ${told(outcomes)}`)
  expect(histories).toBe(HISTORIES)
  expect(done.size).toBe(KINDS)
}, 440_000)

async function begin(history: number, done: RealQueue['done']): Promise<{ model: QueueModel; real: RealQueue }> {
  const model: QueueModel = { nowMs: MONDAY_NOON_MS, leads: [], limits: { a: 1, b: 1 }, paused: new Set() }
  agency.at(model.nowMs)
  for (const id of leftPaused.splice(0)) await agency.setStatus(shops[id], 'active')
  await setLimits(model.limits)
  await agency.reset()
  // Counters that were lost are folded again.
  await agency.chore('drift')
  return { model, real: { agency, history, events: new Map(), setLimits, done } }
}

async function setLimits({ a, b }: Record<Shop, number>): Promise<void> {
  const name = `${a} ${b}`
  if (name === running) return
  const hash = hashes.get(name)
  if (hash === undefined) hashes.set(name, await agency.publish(ruleset(a, b)))
  else await agency.call('POST', '/v1/rulesets/rollback', { tenant: 'agencyA', hash }).then(agency.refresh)
  running = name
}

const ruleset = (a: number, b: number): Partial<RulesetDocument> => ({
  nearestMaxM: 0,
  territories: Object.entries(zips).flatMap(([code, among]) =>
    among.map((id) => ({
      ...{
        id: `${code}-${id}`,
        locationId: shops[id],
        exclusive: among.length === 1,
        kind: 'zip' as const,
        country: 'US',
      },
      codes: [code],
      ...(code === '30305' ? { whenUnavailable: 'HOLD' as const } : {}),
    })),
  ),
  caps: [
    { locationId: shops.a, metric: 'leads', window: 'day', limit: a },
    { locationId: shops.b, metric: 'leads', window: 'concurrent', limit: b },
  ],
  fallback: { hold: { minutesMax: HOLD_MINUTES } },
})

const told = (counts: ReadonlyMap<string, number>): string =>
  [...counts].map(([name, count]) => `${name} ${count}`).join(', ')
