import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Decision } from '../../contracts/decision.ts'
import { masters } from '../../kernel/redis.ts'
import { routeLeads } from '../../router/route-leads.ts'
import { CountersNotReady } from '../../router/stores/capacity.ts'
import { createTestDatabase, startTestRedis, type TestBackend, type TestDatabase } from '../support/backends.ts'
import { createRouting, lead, type RoutingBench, unknownPerson } from '../support/routing.ts'

describe('a cap is a cap', () => {
  let database: TestDatabase
  let redis: TestBackend
  const benches: RoutingBench[] = []

  beforeAll(async () => {
    redis = await startTestRedis()
  })
  beforeEach(async () => {
    await Promise.all(benches.splice(0).map((bench) => bench.close()))
    await database?.drop()
    database = await createTestDatabase()
  })
  afterAll(async () => {
    await Promise.all(benches.map((bench) => bench.close()))
    await redis.stop()
    await database?.drop()
  })

  const routers = async (count: number, caps: Parameters<typeof createRouting>[2]) => {
    const made = await Promise.all(Array.from({ length: count }, () => createRouting(database.url, redis.url, caps)))
    benches.push(...made)
    await flush(made[0]!)
    await made[0]!.rebuild()
    return made
  }

  const flush = (bench: RoutingBench) => Promise.all(masters(bench.redis).map((master) => master.flushall()))
  const keysIn = async (bench: RoutingBench) =>
    (await Promise.all(masters(bench.redis).map((master) => master.keys('hx:*:cap:*')))).flat()
  const assigned = (decisions: Decision[]) => decisions.filter(({ outcome }) => outcome === 'assigned').length

  it('eight routers and a burst of 400 leads fill a cap of 20 exactly', async () => {
    const all = await routers(8, [{ metric: 'leads', window: 'day', limit: 20 }])
    const decisions = await Promise.all(
      all.map((bench, i) => bench.route(Array.from({ length: 50 }, (_, n) => lead(i * 50 + n)))),
    )
    expect(assigned(decisions.flat())).toBe(20)
    expect(decisions.flat()).toHaveLength(400)
    expect(decisions.flat().filter(({ fallback }) => fallback === 'ALL_FULL')).toHaveLength(380)
  })

  it('all caps hold at once: the smallest decides and no other counter moves for the refused', async () => {
    const [bench] = await routers(1, [
      { metric: 'leads', window: 'day', limit: 50 },
      { metric: 'leads', window: 'concurrent', limit: 5 },
    ])
    expect(assigned(await bench!.route(Array.from({ length: 30 }, (_, n) => lead(n))))).toBe(5)
    const counters = await keysIn(bench!)
    expect(await Promise.all(counters.map((key) => bench!.redis.get(key)))).toEqual(['5', '5'])
  })

  it('Redis emptied in the middle of a burst lets no lead too many through', async () => {
    const all = await routers(6, [{ metric: 'leads', window: 'day', limit: 40 }])
    const work = all.map(async (bench, i) => {
      const decisions: Decision[] = []
      for (let batch = 0; batch < 10; batch += 1) {
        if (i === 0 && batch % 3 === 1) await flush(bench)
        decisions.push(...(await bench.route(Array.from({ length: 5 }, (_, n) => lead(i * 50 + batch * 5 + n)))))
      }
      return decisions
    })
    expect(assigned((await Promise.all(work)).flat())).toBe(40)
  })

  it('a redelivery gets the reservation of the first try and takes no second place', async () => {
    const [bench] = await routers(1, [{ metric: 'leads', window: 'day', limit: 10 }])
    const crashing = {
      ...bench!.deps,
      leads: { ...bench!.deps.leads, commit: () => Promise.reject(new Error('killed')) },
    }
    const one = lead(1)
    await expect(routeLeads(crashing, [unknownPerson(one)])).rejects.toThrow('killed')
    const [decision] = await routeLeads({ ...bench!.deps, clock: () => Date.now() + 5_000 }, [unknownPerson(one)])
    expect(decision).toMatchObject({ outcome: 'assigned', locationId: 'shop' })
    const again = await bench!.route([one])
    expect(again.map(({ hash }) => hash)).toEqual([decision!.hash])
    const [key] = await keysIn(bench!)
    expect(await bench!.redis.get(key!)).toBe('1')
  })

  it('a place that an earlier lead of the batch does not take after all goes to the next', async () => {
    const [bench] = await routers(1, [{ metric: 'leads', window: 'day', limit: 1 }])
    const crashing = {
      ...bench!.deps,
      leads: { ...bench!.deps.leads, commit: () => Promise.reject(new Error('killed')) },
    }
    const [monday, tuesday] = [unknownPerson(lead(1)), unknownPerson(lead(2))]
    await expect(routeLeads(crashing, [monday])).rejects.toThrow('killed')
    const dayLater = { ...bench!.deps, clock: () => Date.now() + 86_400_000 }
    const decisions = await routeLeads(dayLater, [monday, tuesday])
    expect(decisions.map(({ outcome }) => outcome)).toEqual(['assigned', 'assigned'])
  })

  it('counters lost with Redis are those that Postgres remembers', async () => {
    const [bench] = await routers(1, [{ metric: 'leads', window: 'day', limit: 10 }])
    await bench!.route([lead(1), lead(2), lead(3)])
    const [key] = await keysIn(bench!)
    await flush(bench!)
    await expect(routeLeads(bench!.deps, [unknownPerson(lead(4))])).rejects.toThrow(CountersNotReady)
    expect(await bench!.rebuild()).toBe(true)
    expect(await bench!.redis.get(key!)).toBe('3')
    expect(await bench!.rebuild()).toBe(false)
  })
})
