import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createOutageStore } from '../../delivery/write-back/stores/outage-store.ts'
import { createTestDatabase, type TestDatabase } from '../support/backends.ts'

let database: TestDatabase
let pool: pg.Pool

beforeAll(async () => {
  database = await createTestDatabase()
  pool = new pg.Pool({ connectionString: database.url, max: 2 })
  await pool.query(`INSERT INTO hexroute.agencies (id, name) VALUES ('acme', 'Acme')`)
  await pool.query(`INSERT INTO hexroute.locations (id, tenant, name, kind, time_zone)
    VALUES ('calm', 'acme', 'Calm', 'intake', 'UTC'), ('flapping', 'acme', 'Flapping', 'intake', 'UTC')`)
})
afterAll(async () => {
  await pool?.end()
  await database?.drop()
})

const openSince = (locationId: string, checkedSecondsAgo: number) =>
  pool.query(
    `INSERT INTO hexroute.location_outages (location_id, tenant, code, since, checked_at)
     VALUES ($1, 'acme', 'LOCATION_FORBIDDEN', now() - interval '10 min', now() - $2 * interval '1 s')`,
    [locationId, checkedSecondsAgo],
  )

test('a sub-account that went out three times within the hour is asked after four times the usual wait', async () => {
  const outages = createOutageStore(pool)
  await pool.query(`INSERT INTO hexroute.location_outages (location_id, tenant, code, since, ended_at)
    SELECT 'flapping', 'acme', 'LOCATION_FORBIDDEN', now() - n * interval '15 min', now() - n * interval '14 min'
      FROM generate_series(1, 2) AS n`)
  await openSince('calm', 90)
  await openSince('flapping', 90)
  expect(await outages.take(60_000)).toMatchObject({ locationId: 'calm' })
  expect(await outages.take(60_000)).toBeNull()
  await pool.query(`UPDATE hexroute.location_outages SET checked_at = now() - interval '241 s'
    WHERE location_id = 'flapping' AND ended_at IS NULL`)
  expect(await outages.take(60_000)).toMatchObject({ locationId: 'flapping' })
})
