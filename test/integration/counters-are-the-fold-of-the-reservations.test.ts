import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { masters } from '../../kernel/redis.ts'
import { routeLeads } from '../../router/route-leads.ts'
import type { LedgerId } from '../../router/stores/capacity-keys.ts'
import { measureDrift } from '../../router/stores/measure-drift.ts'
import { releaseIdle } from '../../router/stores/release-idle.ts'
import { type Routed, StaleEpoch } from '../../router/stores/routed.ts'
import { sweepLeases } from '../../router/stores/sweep-leases.ts'
import { createTestDatabase, startTestRedis, type TestBackend, type TestDatabase } from '../support/backends.ts'
import { createRouting, lead, type RoutingBench, tenant, unknownPerson } from '../support/routing.ts'

const CONCURRENT = 3
const TOTAL = 6
const LEADS = 7
const HOUR_MS = 3_600_000

type State = 'NONE' | 'RESERVED' | 'COMMITTED' | 'CLOSED' | 'RELEASED' | 'HQ'
/** What should be true: the state of each lead. The counters follow from it. */
type Model = { states: State[] }
/** What is true: a router on real stores. `dying` are commits that a dead router may still have under way. */
type Real = { bench: RoutingBench; firstLead: number; dying: Map<number, Routed> }

const counts = { total: ['RESERVED', 'COMMITTED', 'CLOSED'], concurrent: ['RESERVED', 'COMMITTED'] }
const used = ({ states }: Model, kind: keyof typeof counts): number =>
  states.filter((state) => counts[kind].includes(state)).length
const hasRoom = (model: Model): boolean => used(model, 'concurrent') < CONCURRENT && used(model, 'total') < TOTAL

describe('counters', () => {
  let database: TestDatabase
  let redis: TestBackend
  let bench: RoutingBench

  beforeAll(async () => {
    ;[database, redis] = await Promise.all([createTestDatabase(), startTestRedis()])
    bench = await createRouting(database.url, redis.url, [
      { metric: 'leads', window: 'concurrent', limit: CONCURRENT },
      { metric: 'leads', window: 'total', limit: TOTAL },
      { metric: 'leads', window: { rollingDays: 7 }, limit: null },
    ])
  })
  afterAll(async () => {
    await bench?.close()
    await redis?.stop()
    await database?.drop()
  })

  it('are the fold after every step of any history: reserve, commit, close, release, sweep, die, lose Redis', async () => {
    let firstLead = 0
    const numbers = fc.nat({ max: LEADS - 1 })
    const commands = fc.commands(
      [
        numbers.map((n) => new Route(n)),
        numbers.map((n) => new Route(n)),
        numbers.map((n) => new RouteAndDie(n)),
        numbers.map((n) => new RouteAndDie(n)),
        numbers.map((n) => new CommitLate(n)),
        numbers.map((n) => new CommitLate(n)),
        numbers.map((n) => new Change(n, 'CLOSED', false)),
        numbers.map((n) => new Change(n, 'CLOSED', true)),
        numbers.map((n) => new Change(n, 'RELEASED', false)),
        numbers.map((n) => new Change(n, 'RELEASED', true)),
        fc.constant(new Sweep()),
        fc.constant(new Sweep()),
        fc.constant(new LoseRedis()),
        fc.constant(new GoIdle()),
      ],
      { maxCommands: 40, size: 'max' },
    )
    await fc.assert(
      fc.asyncProperty(commands, async (steps) => {
        await bench.pool.query('TRUNCATE hexroute.reservations')
        await loseRedis(bench)
        firstLead += LEADS
        const model: Model = { states: Array.from({ length: LEADS }, () => 'NONE') }
        await fc.asyncModelRun(() => ({ model, real: { bench, firstLead, dying: new Map() } }), steps)
      }),
      { numRuns: 60 },
    )
  })
})

async function loseRedis(bench: RoutingBench): Promise<void> {
  for (const master of masters(bench.redis)) await master.flushall()
  await bench.rebuild()
}

abstract class Step implements fc.AsyncCommand<Model, Real> {
  check(_model: Readonly<Model>): boolean {
    return true
  }
  async run(model: Model, real: Real): Promise<void> {
    await this.act(model, real)
    const keys = ['concurrent', 'total'] as const
    const values = await real.bench.deps.capacity.read(keys.map((key) => `hx:{${tenant}}:cap:shop:leads:${key}`))
    expect([...values.values()]).toEqual(keys.map((key) => used(model, key)))
    expect(await measureDrift(real.bench.pool, real.bench.redis, tenant)).toMatchObject({ drifted: 0 })
  }
  protected abstract act(model: Model, real: Real): Promise<void>
  abstract toString(): string
}

class Route extends Step {
  readonly n: number
  constructor(n: number) {
    super()
    this.n = n
  }
  protected async act(model: Model, real: Real) {
    await real.bench.route([lead(real.firstLead + this.n)])
    const state = model.states[this.n]
    if (state === 'RESERVED') model.states[this.n] = 'COMMITTED'
    if (state === 'NONE') model.states[this.n] = hasRoom(model) ? 'COMMITTED' : 'HQ'
  }
  toString = () => `route ${this.n}`
}

/** The router dies between reservation and commit. */
class RouteAndDie extends Step {
  readonly n: number
  constructor(n: number) {
    super()
    this.n = n
  }
  protected async act(model: Model, { bench, firstLead, dying }: Real) {
    const commit = async (routed: readonly Routed[]): Promise<never> => {
      for (const entry of routed) if (entry.reservation) dying.set(this.n, entry)
      throw new Error('killed')
    }
    const deps = { ...bench.deps, leads: { ...bench.deps.leads, commit } }
    const isNew = ['NONE', 'RESERVED'].includes(model.states[this.n]!)
    const routing = routeLeads(deps, [unknownPerson(lead(firstLead + this.n))])
    await expect(routing).rejects.toThrow('killed')
    if (isNew && model.states[this.n] === 'NONE' && hasRoom(model)) model.states[this.n] = 'RESERVED'
  }
  override check = ({ states }: Readonly<Model>) => states[this.n] === 'NONE' || states[this.n] === 'RESERVED'
  toString = () => `route ${this.n} and die`
}

/** What the dead router had sent to Postgres arrives. It must not count when its places were given back meanwhile. */
class CommitLate extends Step {
  readonly n: number
  constructor(n: number) {
    super()
    this.n = n
  }
  protected async act(model: Model, { bench, dying }: Real) {
    const routed = dying.get(this.n)
    if (!routed) return
    dying.delete(this.n)
    const state = model.states[this.n]
    const outcome = await bench.deps.leads.commit([routed]).then(
      ({ written }) => (written.size > 0 ? 'written' : 'known already'),
      (error) => {
        if (error instanceof StaleEpoch) return 'lost'
        throw error
      },
    )
    if (state === 'RESERVED') {
      expect(outcome).toBe('written')
      model.states[this.n] = 'COMMITTED'
    } else {
      expect(outcome).not.toBe('written')
    }
  }
  toString = () => `commit ${this.n} late`
}

/** A lead ends or is returned; who does it may die before Redis hears of it, and the sweep finishes it. */
class Change extends Step {
  readonly n: number
  readonly state: 'CLOSED' | 'RELEASED'
  readonly dies: boolean
  constructor(n: number, state: 'CLOSED' | 'RELEASED', dies: boolean) {
    super()
    this.n = n
    this.state = state
    this.dies = dies
  }
  override check = ({ states }: Readonly<Model>) =>
    states[this.n] === 'COMMITTED' || (this.state === 'RELEASED' && states[this.n] === 'CLOSED')
  protected async act(model: Model, { bench, firstLead }: Real) {
    const { leadId, attempt } = lead(firstLead + this.n)
    const id: LedgerId = { tenant, leadId, attempt }
    const before = model.states[this.n] as 'COMMITTED' | 'CLOSED'
    if (this.dies) await bench.deps.capacity.watch([{ ...id, before }], Date.now())
    const { rows } = await bench.pool.query<{ keys: string[]; amounts: string[] }>(
      `UPDATE hexroute.reservations SET state = $2, changed_at = now() WHERE lead_id = $1
       RETURNING counter_keys AS keys, amounts`,
      [leadId, this.state],
    )
    const places = rows[0]!.keys.map((key, i) => ({ key, amount: Number(rows[0]!.amounts[i]) }))
    const change = { ...id, places, state: this.state, before }
    if (this.dies) await sweep(model, bench)
    else await bench.deps.capacity.giveBack([change, change])
    model.states[this.n] = this.state
  }
  toString = () => `${this.state} ${this.n}${this.dies ? ' and die' : ''}`
}

async function sweep(model: Model, bench: RoutingBench): Promise<void> {
  const { released } = await sweepLeases(bench.stores, tenant, Date.now() + HOUR_MS)
  expect(released).toBe(model.states.filter((state) => state === 'RESERVED').length)
  model.states = model.states.map((state) => (state === 'RESERVED' ? 'NONE' : state))
}

class Sweep extends Step {
  protected act = (model: Model, { bench }: Real) => sweep(model, bench)
  toString = () => 'sweep'
}

class LoseRedis extends Step {
  protected async act(model: Model, { bench }: Real) {
    await loseRedis(bench)
    model.states = model.states.map((state) => (state === 'RESERVED' ? 'NONE' : state))
  }
  toString = () => 'lose Redis'
}

/** Nothing happens for forty days. */
class GoIdle extends Step {
  protected async act(model: Model, { bench }: Real) {
    const closed = await releaseIdle(bench.stores, tenant, 30, Date.now() + 40 * 24 * HOUR_MS)
    expect(closed).toBe(model.states.filter((state) => state === 'COMMITTED').length)
    model.states = model.states.map((state) => (state === 'COMMITTED' ? 'CLOSED' : state))
  }
  toString = () => 'go idle'
}
