import type pg from 'pg'
import type { PublishedRuleset } from '../../contracts/ruleset.ts'
import { benchDocument } from '../decide/organisation.ts'

export const BENCH_TENANT = 'bench'

/** One agency of `count` locations with 40 km radii and five caps each, published, and one funnel. */
export async function publishBench(pool: pg.Pool, count: number): Promise<PublishedRuleset> {
  const { document, locations } = benchDocument(count)
  await pool.query(`INSERT INTO hexroute.agencies (id, name) VALUES ($1, 'Bench')`, [BENCH_TENANT])
  await pool.query(
    `INSERT INTO hexroute.regions (id, tenant, name) SELECT 'r' || n, $1, 'Region ' || n FROM generate_series(0, 19) n`,
    [BENCH_TENANT],
  )
  await pool.query(
    `INSERT INTO hexroute.locations (id, tenant, region_id, name, kind, status, latitude, longitude, time_zone, weight)
     SELECT id, $1, "regionId", name, 'location', 'active', latitude, longitude, "timeZone", weight
     FROM jsonb_to_recordset($2) AS r(id text, "regionId" text, name text, latitude float8, longitude float8, "timeZone" text,
       weight float8)`,
    [BENCH_TENANT, JSON.stringify(locations)],
  )
  await pool.query(
    `INSERT INTO hexroute.locations (id, tenant, name, kind, time_zone) VALUES ('funnel', $1, 'Funnel', 'intake', 'UTC')`,
    [BENCH_TENANT],
  )
  const published = { hash: 'bench', document, locations, users: [] }
  await pool.query(
    `INSERT INTO hexroute.rulesets (id, tenant, state, document, locations, users, hash, published_at)
     VALUES (gen_random_uuid(), $1, 'published', $2, $3, '[]', 'bench', now())`,
    [BENCH_TENANT, JSON.stringify(document), JSON.stringify(locations)],
  )
  return published
}
