import { randomUUID } from 'node:crypto'
import { pino } from 'pino'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Place } from '../../decide/capacity/counter.ts'
import { createPostgres } from '../../kernel/postgres.ts'
import { masters } from '../../kernel/redis.ts'
import { routeLeads } from '../../router/route-leads.ts'
import { CountersNotReady } from '../../router/stores/capacity.ts'
import { measureDrift } from '../../router/stores/measure-drift.ts'
import { rebuildCounters } from '../../router/stores/rebuild-counters.ts'
import { releaseIdle } from '../../router/stores/release-idle.ts'
import { sweepLeases } from '../../router/stores/sweep-leases.ts'
import { createTestDatabase, startTestRedis, type TestDatabase } from '../support/backends.ts'
import { losingConnections } from '../support/failing-commits.ts'
import { startRedisCluster } from '../support/redis-cluster.ts'
import { createRouting, lead, type RoutingBench, tenant, unknownPerson } from '../support/routing.ts'

const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000
const TOTAL = 'hx:{T}:cap:shop:leads:total'
const CONCURRENT = 'hx:{T}:cap:shop:leads:concurrent'

describe.each([
  ['one Redis', startTestRedis],
  ['a Redis Cluster of three nodes', startRedisCluster],
])('on %s', (_name, start) => {
  let database: TestDatabase
  let redis: { url: string; stop: () => Promise<unknown> }
  let bench: RoutingBench
  let firstLead = 0

  beforeAll(async () => {
    ;[database, redis] = await Promise.all([createTestDatabase(), start()])
    bench = await createRouting(database.url, redis.url, [
      { metric: 'leads', window: 'total', limit: 8 },
      { metric: 'leads', window: 'concurrent', limit: null },
    ])
  })
  beforeEach(async () => {
    await bench.pool.query('TRUNCATE hexroute.reservations')
    await loseAll()
    await bench.rebuild()
    firstLead += 100
  })
  afterAll(async () => {
    await bench?.close()
    await redis?.stop()
    await database?.drop()
  })

  const drifted = async () => (await measureDrift(bench.pool, bench.redis, tenant)).drifted
  const loseAll = () => Promise.all(masters(bench.redis).map((master) => master.flushall()))
  const used = async (...keys: string[]) => Object.fromEntries(await bench.deps.capacity.read(keys))
  const route = async (...numbers: number[]) =>
    (await bench.route(numbers.map((n) => lead(firstLead + n)))).map(({ outcome }) => outcome)
  const killed = { commit: () => Promise.reject(new Error('killed')) }
  const routeAndDie = (n: number, clock = bench.deps.clock) =>
    expect(
      routeLeads({ ...bench.deps, clock, leads: { ...bench.deps.leads, ...killed } }, [
        unknownPerson(lead(firstLead + n)),
      ]),
    ).rejects.toThrow('killed')
  const remember = (state: string, daysAgo: number, places: Place[]) =>
    bench.pool.query(
      `INSERT INTO hexroute.reservations (lead_id, attempt, tenant, location_id, counter_keys, amounts, state, reserved_at, changed_at)
       VALUES ($1, 1, $2, 'shop', $3, $4, $5, $6, $6)`,
      [
        randomUUID(),
        tenant,
        places.map(({ key }) => key),
        places.map(({ amount }) => amount),
        state,
        new Date(Date.now() - daysAgo * DAY_MS),
      ],
    )

  it('a connection that is lost as the lock is given back is closed, not kept', async () => {
    await loseAll()
    const log = pino({ level: 'silent' })
    const pool = createPostgres({ url: database.url, process: 'test', connectionsMax: 1, log })
    expect(await rebuildCounters(losingConnections(pool, 'advisory_unlock'), bench.redis, tenant, log)).toBe(true)
    expect((await pool.query('SELECT 1')).rowCount).toBe(1)
    await pool.end()
    expect(await bench.rebuild()).toBe(false)
  })

  it('totals of years, months and 92 rolling days come back, windows that are over do not', async () => {
    const monthStartMs = Date.now() - 20 * DAY_MS
    const month = `hx:{T}:cap:shop:value:month:${monthStartMs}`
    const rolling = `hx:{T}:cap:shop:leads:rolling92:${Date.now() - 80 * DAY_MS}`
    const balance = `hx:{T}:due:shop/u:${monthStartMs}`
    const over = `hx:{T}:cap:shop:leads:day:${Date.now() - 9 * DAY_MS}`
    const place = (key: string, amount = 1): Place => ({ key, amount })
    await remember('CLOSED', 900, [place(TOTAL), place(CONCURRENT)])
    await remember('COMMITTED', 80, [place(rolling), place(TOTAL), place(CONCURRENT)])
    await remember('COMMITTED', 19, [place(month, 2_500), place(balance, -600_000)])
    await remember('COMMITTED', 9, [place(over), place(month, 500), place(balance, 400_000)])
    await remember('RELEASED', 1, [place(month, 7_000), place(TOTAL)])
    await loseAll()
    expect(await bench.rebuild()).toBe(true)
    expect(await used(TOTAL, CONCURRENT, month, rolling, balance, over)).toEqual({
      ...{ [TOTAL]: 2, [CONCURRENT]: 1, [month]: 3_000, [rolling]: 1, [balance]: -200_000, [over]: 0 },
    })
    expect(await bench.redis.pttl(month)).toBeGreaterThan(DAY_MS)
    expect(await measureDrift(bench.pool, bench.redis, tenant)).toEqual({ keys: 5, drifted: 0 })
  })

  it('the drift counts what differs, and only that', async () => {
    await route(1, 2)
    expect(await drifted()).toBe(0)
    await bench.redis.incr(TOTAL)
    expect(await drifted()).toBe(1)
    await loseAll()
    await expect(drifted()).rejects.toThrow(CountersNotReady)
    await bench.rebuild()
    expect(await drifted()).toBe(0)
  })

  it('a lead that comes again after its router died gets the last place, which it holds itself', async () => {
    expect(await route(1, 2, 3, 4, 5, 6, 7)).toEqual(Array(7).fill('assigned'))
    await routeAndDie(8)
    expect(await route(9)).toEqual(['hq'])
    expect(await route(8)).toEqual(['assigned'])
    expect(await used(TOTAL)).toEqual({ [TOTAL]: 8 })
  })

  it('a lead that never comes again gives its place back when its lease has ended, not before', async () => {
    await routeAndDie(1)
    await sweepLeases(bench.stores, tenant, Date.now() + HOUR_MS / 10)
    expect(await used(TOTAL, CONCURRENT)).toEqual({ [TOTAL]: 1, [CONCURRENT]: 1 })
    await sweepLeases(bench.stores, tenant, Date.now() + HOUR_MS)
    expect(await used(TOTAL, CONCURRENT)).toEqual({ [TOTAL]: 0, [CONCURRENT]: 0 })
    expect(await route(1)).toEqual(['assigned'])
    expect(await used(TOTAL)).toEqual({ [TOTAL]: 1 })
  })

  it('a lead without activity for 30 days leaves the concurrent cap; one that was touched stays', async () => {
    await route(1, 2)
    const touched = lead(firstLead + 2).leadId
    await bench.pool.query('UPDATE hexroute.leads SET touched_at = $2 WHERE lead_id = $1', [
      touched,
      new Date(Date.now() + 5 * DAY_MS),
    ])
    await releaseIdle(bench.stores, tenant, 30, Date.now() + 29 * DAY_MS)
    expect(await used(CONCURRENT)).toEqual({ [CONCURRENT]: 2 })
    await releaseIdle(bench.stores, tenant, 30, Date.now() + 31 * DAY_MS)
    expect(await used(CONCURRENT, TOTAL)).toEqual({ [CONCURRENT]: 1, [TOTAL]: 2 })
    expect(await measureDrift(bench.pool, bench.redis, tenant)).toMatchObject({ drifted: 0 })
  })
})

describe('a lead counts on the day of its reservation', () => {
  let database: TestDatabase
  let redis: { url: string; stop: () => Promise<unknown> }
  let bench: RoutingBench

  beforeAll(async () => {
    ;[database, redis] = await Promise.all([createTestDatabase(), startTestRedis()])
    bench = await createRouting(database.url, redis.url, [{ metric: 'leads', window: 'day', limit: 1 }])
    await bench.rebuild()
  })
  afterAll(async () => {
    await bench?.close()
    await redis?.stop()
    await database?.drop()
  })

  it('reserve Monday 23:59 and commit Tuesday counts Monday, and leaves Tuesday its whole cap', async () => {
    const monday = Date.parse('2030-06-11T03:59:00Z')
    const tuesday = Date.parse('2030-06-11T04:01:00Z')
    const day = (instant: string) => `hx:{T}:cap:shop:leads:day:${Date.parse(instant)}`
    const [mondayKey, tuesdayKey] = [day('2030-06-10T04:00:00Z'), day('2030-06-11T04:00:00Z')]
    const late = unknownPerson(lead(1))
    const dying = { ...bench.deps.leads, commit: () => Promise.reject(new Error('killed')) }
    await expect(routeLeads({ ...bench.deps, clock: () => monday, leads: dying }, [late])).rejects.toThrow('killed')
    const onTuesday = { ...bench.deps, clock: () => tuesday }
    const decisions = [
      ...(await routeLeads(onTuesday, [late])),
      ...(await routeLeads(onTuesday, [unknownPerson(lead(2)), unknownPerson(lead(3))])),
    ]
    expect(decisions.map(({ outcome, decidedAt }) => [outcome, decidedAt])).toEqual([
      ['assigned', '2030-06-11T03:59:00.000Z'],
      ['assigned', '2030-06-11T04:01:00.000Z'],
      ['hq', '2030-06-11T04:01:00.000Z'],
    ])
    expect(await bench.deps.capacity.read([mondayKey, tuesdayKey])).toEqual(
      new Map([
        [mondayKey, 1],
        [tuesdayKey, 1],
      ]),
    )
    const { rows } = await bench.pool.query<{ keys: string[] }>(
      'SELECT counter_keys AS keys FROM hexroute.reservations ORDER BY reserved_at',
    )
    expect(rows.map(({ keys }) => keys)).toEqual([[mondayKey], [tuesdayKey]])
  })
})
