import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Decision } from '../../contracts/decision.ts'
import type { Lead } from '../../decide/lead.ts'
import { routeLeads } from '../../router/route-leads.ts'
import { CountersNotReady } from '../../router/stores/capacity.ts'
import { StaleEpoch } from '../../router/stores/lead-store.ts'
import { createTestDatabase, startTestRedis, type TestBackend, type TestDatabase } from '../support/backends.ts'
import { createRouting, lead, type RoutingBench } from '../support/routing.ts'

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
    await made[0]!.redis.flushall()
    await made[0]!.rebuild()
    return made
  }

  /** As the event handler does: lost counters are rebuilt, then the same leads again. */
  async function route(bench: RoutingBench, leads: Lead[]): Promise<Decision[]> {
    for (;;) {
      try {
        return await routeLeads(bench.deps, leads)
      } catch (error) {
        if (!(error instanceof CountersNotReady || error instanceof StaleEpoch)) throw error
        await bench.rebuild()
      }
    }
  }

  const assigned = (decisions: Decision[]) => decisions.filter(({ outcome }) => outcome === 'assigned').length

  it('eight routers and a burst of 400 leads fill a cap of 20 exactly', async () => {
    const all = await routers(8, [{ metric: 'leads', window: 'day', limit: 20 }])
    const decisions = await Promise.all(
      all.map((bench, i) =>
        route(
          bench,
          Array.from({ length: 50 }, (_, n) => lead(i * 50 + n)),
        ),
      ),
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
    expect(
      assigned(
        await route(
          bench!,
          Array.from({ length: 30 }, (_, n) => lead(n)),
        ),
      ),
    ).toBe(5)
    const counters = await bench!.redis.keys('hx:*:cap:*')
    expect(await Promise.all(counters.map((key) => bench!.redis.get(key)))).toEqual(['5', '5'])
  })

  it('Redis emptied in the middle of a burst lets no lead too many through', async () => {
    const all = await routers(6, [{ metric: 'leads', window: 'day', limit: 40 }])
    const work = all.map(async (bench, i) => {
      const decisions: Decision[] = []
      for (let batch = 0; batch < 10; batch += 1) {
        if (i === 0 && batch % 3 === 1) await bench.redis.flushall()
        decisions.push(
          ...(await route(
            bench,
            Array.from({ length: 5 }, (_, n) => lead(i * 50 + batch * 5 + n)),
          )),
        )
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
    await expect(routeLeads(crashing, [one])).rejects.toThrow('killed')
    const later = { ...bench!, deps: { ...bench!.deps, clock: () => Date.now() + 5_000 } }
    const [decision] = await route(later, [one])
    expect(decision).toMatchObject({ outcome: 'assigned', locationId: 'shop' })
    const again = await route(bench!, [one])
    expect(again.map(({ hash }) => hash)).toEqual([decision!.hash])
    const [key] = await bench!.redis.keys('hx:*:cap:*')
    expect(await bench!.redis.get(key!)).toBe('1')
  })

  it('counters lost with Redis are those that Postgres remembers', async () => {
    const [bench] = await routers(1, [{ metric: 'leads', window: 'day', limit: 10 }])
    await route(bench!, [lead(1), lead(2), lead(3)])
    const [key] = await bench!.redis.keys('hx:*:cap:*')
    await bench!.redis.flushall()
    await expect(routeLeads(bench!.deps, [lead(4)])).rejects.toThrow(CountersNotReady)
    expect(await bench!.rebuild()).toBe(true)
    expect(await bench!.redis.get(key!)).toBe('3')
    expect(await bench!.rebuild()).toBe(false)
  })
})
