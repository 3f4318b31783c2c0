import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { measureDrift } from '../../router/stores/measure-drift.ts'
import { sweepLeases } from '../../router/stores/sweep-leases.ts'
import { createTestDatabase, startTestRedis, type TestBackend, type TestDatabase } from '../support/backends.ts'
import { type RouterBench, RouterDied, type RouterProcess, startRouterProcess } from '../support/router-process.ts'
import { createRouting, type RoutingBench, tenant } from '../support/routing.ts'
import { until } from '../support/until.ts'

const LEADS = 10_000
const SHOPS = 50
const CAP = 20
const PROCESSES = 4
const WORKERS_PER_PROCESS = 16
const BATCH = 25
/** When so many leads are decided, this happens. */
const EVENTS: readonly [number, 'kill' | 'flush'][] = [
  [150, 'kill'],
  [400, 'flush'],
  [800, 'kill'],
  [2_500, 'flush'],
  [4_000, 'kill'],
  [6_000, 'kill'],
]

/**
 * 64 workers in 4 processes and a burst of 10,000 leads on 50 locations with caps of 20, while processes are killed with
 * SIGKILL and Redis loses all it has. A batch whose router died comes again, as JetStream would bring it.
 */
describe('64 workers, 10,000 leads, caps of 20, SIGKILL and FLUSHALL', () => {
  let database: TestDatabase
  let redis: TestBackend
  let bench: RoutingBench
  let record: Burst

  beforeAll(async () => {
    ;[database, redis] = await Promise.all([createTestDatabase(), startTestRedis()])
    const caps: RouterBench['caps'] = [
      { metric: 'leads', window: 'day', limit: CAP + 5 },
      { metric: 'leads', window: 'concurrent', limit: CAP },
      { metric: 'leads', window: 'total', limit: CAP + 1 },
    ]
    bench = await createRouting(database.url, redis.url, caps, SHOPS)
    record = await burst({ databaseUrl: database.url, redisUrl: redis.url, caps, shops: SHOPS }, bench)
    console.log(record.summary)
  }, 180_000)

  afterAll(async () => {
    await bench?.close()
    await redis?.stop()
    await database?.drop()
  })

  it('every location has exactly its cap, never one over, at no moment', async () => {
    const { rows } = await bench.pool.query<{ location_id: string; taken: number }>(
      `SELECT location_id, count(*)::int AS taken FROM hexroute.reservations WHERE state = 'COMMITTED' GROUP BY 1`,
    )
    expect(rows).toHaveLength(SHOPS)
    expect(rows.filter(({ taken }) => taken !== CAP)).toEqual([])
    expect(record.usedMax).toBe(CAP)
    expect(record.looks).toBeGreaterThan(20)
  })

  it('every lead has exactly one decision', async () => {
    const { rows } = await bench.pool.query<{ outcome: string; fallback: string | null; leads: number }>(
      `SELECT outcome, fallback, count(DISTINCT lead_id)::int AS leads, count(*)::int AS decisions
       FROM hexroute.decisions GROUP BY 1, 2 ORDER BY 1`,
    )
    const assigned = SHOPS * CAP
    expect(rows).toEqual([
      { outcome: 'assigned', fallback: null, leads: assigned, decisions: assigned },
      { outcome: 'hq', fallback: 'ALL_FULL', leads: LEADS - assigned, decisions: LEADS - assigned },
    ])
  })

  it('the counters in Redis are the fold of the reservations in Postgres, before and after the sweep', async () => {
    const counters = { keys: 3 * SHOPS, drifted: 0 }
    expect(await measureDrift(bench.pool, bench.redis, tenant)).toEqual(counters)
    const inAnHourMs = Date.now() + 3_600_000
    await sweepLeases(bench.stores, tenant, inAnHourMs)
    expect(await measureDrift(bench.pool, bench.redis, tenant)).toEqual(counters)
  })
})

type Burst = { usedMax: number; looks: number; summary: string }

async function burst(options: RouterBench, bench: RoutingBench): Promise<Burst> {
  await bench.rebuild()
  const routers = await Promise.all(Array.from({ length: PROCESSES }, () => startRouterProcess(options)))
  const batches = Array.from({ length: LEADS / BATCH }, (_, i) =>
    Array.from({ length: BATCH }, (_, n) => i * BATCH + n),
  )
  const watch = watchCounters(options.redisUrl)
  const startedAt = performance.now()
  const progress = { decided: 0, repeated: 0 }
  const disturbance = disturb(routers, options, progress)
  const workers = routers.flatMap((_, slot) =>
    Array.from({ length: WORKERS_PER_PROCESS }, () => work(routers, slot, batches, progress)),
  )
  await Promise.all([...workers, disturbance])
  const tookS = (performance.now() - startedAt) / 1_000
  const { usedMax, looks } = await watch.stop()
  await Promise.all(routers.map((router) => router.kill()))
  const kinds = EVENTS.map(([, kind]) => kind).join(', ')
  return {
    usedMax,
    looks,
    summary: `${LEADS} leads, ${PROCESSES * WORKERS_PER_PROCESS} workers in ${PROCESSES} processes, ${SHOPS} caps of ${CAP}: ${tookS.toFixed(1)} s (${Math.round(LEADS / tookS)}/s) through ${kinds}; ${progress.repeated} batches came again; highest counter ${usedMax} in ${looks} looks`,
  }
}

/** One of a process's sixteen: takes batches until none is left; a batch whose router died goes back to the front. */
async function work(
  routers: RouterProcess[],
  slot: number,
  batches: number[][],
  progress: { decided: number; repeated: number },
): Promise<void> {
  while (progress.decided < LEADS) {
    const router = routers[slot]!
    const batch = router.isAlive() ? batches.shift() : undefined
    if (!batch) {
      await nextTurn()
      continue
    }
    try {
      await router.route(batch)
      progress.decided += batch.length
    } catch (error) {
      if (!(error instanceof RouterDied)) throw error
      progress.repeated += 1
      batches.unshift(batch)
    }
  }
}

const nextTurn = () => new Promise((resolve) => setTimeout(resolve, 20))

async function disturb(routers: RouterProcess[], options: RouterBench, progress: { decided: number }): Promise<void> {
  const redis = new Redis(options.redisUrl)
  const restarts: Promise<void>[] = []
  for (const [i, [mark, kind]] of EVENTS.entries()) {
    await until(
      `${mark} leads decided`,
      120_000,
      async () => progress.decided,
      (decided) => decided >= mark,
    )
    if (kind === 'flush') {
      await redis.flushall()
      continue
    }
    const slot = i % PROCESSES
    await routers[slot]!.kill()
    restarts.push(restart(routers, slot, options))
  }
  await Promise.all(restarts)
  redis.disconnect()
}

async function restart(routers: RouterProcess[], slot: number, options: RouterBench): Promise<void> {
  routers[slot] = await startRouterProcess(options)
}

/** The highest value that any concurrent counter ever showed. */
function watchCounters(redisUrl: string): { stop: () => Promise<{ usedMax: number; looks: number }> } {
  const redis = new Redis(redisUrl)
  const keys = Array.from(
    { length: SHOPS },
    (_, shop) => `hx:{${tenant}}:cap:${shop === 0 ? 'shop' : `shop${shop}`}:leads:concurrent`,
  )
  let [usedMax, looks, isStopping] = [0, 0, false]
  const looking = (async () => {
    for (; !isStopping; looks += 1) {
      usedMax = Math.max(usedMax, ...(await redis.mget(...keys)).map(Number))
      await nextTurn()
    }
  })()
  return {
    stop: async () => {
      isStopping = true
      await looking
      redis.disconnect()
      return { usedMax, looks }
    },
  }
}
