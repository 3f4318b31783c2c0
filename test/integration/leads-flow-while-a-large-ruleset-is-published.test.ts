import pg from 'pg'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { benchDocument, benchRuleset } from '../../bench/decide/organisation.ts'
import { benchEvents } from '../../bench/router/events.ts'
import { BENCH_TENANT, publishBench } from '../../bench/router/organisation.ts'
import { createTestDatabase, startTestRedis, type TestBackend, type TestDatabase } from '../support/backends.ts'
import { createLiveRouter, type LiveRouter } from '../support/live-routers.ts'

const LEADS_MIN = 10

let database: TestDatabase
let redis: TestBackend
let pool: pg.Pool
let router: LiveRouter

beforeAll(async () => {
  ;[database, redis] = await Promise.all([createTestDatabase(), startTestRedis()])
  pool = new pg.Pool({ connectionString: database.url, max: 10 })
  await publishBench(pool, 20)
  router = await createLiveRouter(pool, redis.url)
  router.setClock(Date.now())
})

afterAll(async () => {
  router?.close()
  await pool?.end()
  await Promise.all([redis?.stop(), database?.drop()])
})

it('while a ruleset of 1,000 locations is compiled, no lead waits for even half as long as that takes', async () => {
  const [first, last, ...events] = benchEvents(2_000)
  await router.submit([first!])
  const startedMs = performance.now()
  benchRuleset(1_000)
  const compileMs = performance.now() - startedMs
  await publishLarge()
  let isLive = false
  const publication = router.refresh().then(() => {
    isLive = true
  })
  const waitedMs: number[] = []
  for (const event of events) {
    if (isLive) break
    const startMs = performance.now()
    await router.submit([event])
    waitedMs.push(performance.now() - startMs)
  }
  await publication
  await router.submit([last!])
  expect(waitedMs.length).toBeGreaterThan(LEADS_MIN)
  expect(Math.max(...waitedMs)).toBeLessThan(compileMs / 2)
  const { rows } = await pool.query<{ hashes: string[] }>(
    'SELECT array_agg(DISTINCT ruleset_hash) AS hashes FROM hexroute.decisions',
  )
  expect(rows[0]!.hashes).toEqual(['bench', 'large'])
})

async function publishLarge(): Promise<void> {
  const { document, locations } = benchDocument(1_000)
  await pool.query(`UPDATE hexroute.rulesets SET state = 'retired' WHERE tenant = $1`, [BENCH_TENANT])
  await pool.query(
    `INSERT INTO hexroute.rulesets (id, tenant, state, document, locations, users, hash, published_at)
     VALUES (gen_random_uuid(), $1, 'published', $2, $3, '[]', 'large', now())`,
    [BENCH_TENANT, JSON.stringify(document), JSON.stringify(locations)],
  )
}
