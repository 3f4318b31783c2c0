import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createCompanyStore } from '../../delivery/connection/stores/company-store.ts'
import { createKnownLeads } from '../../delivery/reconcile/stores/known-leads.ts'
import { createMarks, type Marks } from '../../delivery/reconcile/stores/marks.ts'
import { createTenantLock } from '../../delivery/reconcile/stores/tenant-lock.ts'
import { createOrganisationStore } from '../../directory/stores/organisation-store.ts'
import { createTestDatabase, type TestDatabase } from '../support/backends.ts'
import { storeLead } from '../support/lead-rows.ts'

const HOUR_MS = 3_600_000
const startMs = Date.UTC(2026, 10, 22, 12)

let database: TestDatabase
let pool: pg.Pool
let marks: Marks

beforeAll(async () => {
  database = await createTestDatabase()
  pool = new pg.Pool({ connectionString: database.url, max: 4 })
  marks = createMarks(pool)
  for (const tenant of ['T', 'gone', 'pilot']) {
    await pool.query('INSERT INTO hexroute.agencies (id, name) VALUES ($1, $1)', [tenant])
    await pool.query(`INSERT INTO hexroute.regions (id, tenant, name) VALUES ('r', $1, 'R')`, [tenant])
  }
  await pool.query(
    `INSERT INTO hexroute.ghl_companies (tenant, refresh_token_sealed, disconnected_at) VALUES ('T', 'x', NULL), ('gone', NULL, now())`,
  )
  for (const [id, tenant, kind, status] of [
    ['funnel', 'T', 'intake', 'active'],
    ['off', 'T', 'intake', 'inactive'],
    ['denver', 'T', 'location', 'paused'],
    ['out', 'T', 'location', 'active'],
    ['left', 'gone', 'location', 'active'],
    ['tokened', 'pilot', 'location', 'active'],
    ['tokenless', 'pilot', 'location', 'active'],
  ])
    await pool.query(
      `INSERT INTO hexroute.locations (id, tenant, region_id, name, kind, status, latitude, longitude, time_zone)
       VALUES ($1, $2, 'r', $1, $3, $4, 39, -105, 'America/Denver')`,
      [id, tenant, kind, status],
    )
  await pool.query(
    `INSERT INTO hexroute.location_outages (location_id, tenant, code) VALUES ('out', 'T', 'LOCATION_INACTIVE')`,
  )
  await pool.query(
    `INSERT INTO hexroute.ghl_private_tokens (location_id, tenant, token_sealed) VALUES ('tokened', 'pilot', 'x')`,
  )
})
afterAll(async () => {
  await pool?.end()
  await database?.drop()
})

it('a sub-account takes part while it is active, not out, and its agency connected; it begins when it is seen first', async () => {
  await marks.begin(startMs)
  await marks.begin(startMs + HOUR_MS)
  expect(await marks.of('T')).toEqual([
    { locationId: 'funnel', subject: 'contacts', seenUntilMs: startMs },
    { locationId: 'denver', subject: 'opportunities', seenUntilMs: startMs },
  ])
  expect(await marks.of('gone')).toEqual([])
  expect((await marks.of('pilot')).map(({ locationId }) => locationId)).toEqual(['tokened'])
  expect(await marks.oldestMs()).toBe(startMs)
})

it('an agency that was disconnected is compared again as soon as it is connected, and while its last token lives', async () => {
  const companies = createCompanyStore(pool, Buffer.alloc(32, 7).toString('base64'))
  const takesPart = async () => (await marks.of('again')).length === 1
  const connect = () =>
    companies.saveConnected({
      ...{ tenant: 'again', name: null, scopes: null, accessToken: 'a', refreshToken: 'r', at: new Date() },
      expiresAt: new Date(Date.now() + HOUR_MS),
    })
  const set = (change: string) => pool.query(`UPDATE hexroute.ghl_companies SET ${change} WHERE tenant = 'again'`)
  await connect()
  await pool.query(
    `INSERT INTO hexroute.locations (id, tenant, name, kind, time_zone) VALUES ('home', 'again', 'H', 'intake', 'UTC')`,
  )
  await marks.begin(startMs)
  expect(await takesPart()).toBe(true)
  await companies.saveDisconnected('again', new Date(Date.now() + 1).toISOString(), 'UNINSTALLED')
  expect(await takesPart()).toBe(false)
  await connect()
  expect(await takesPart()).toBe(true)

  await companies.saveDisconnected('again', new Date(Date.now() + 2).toISOString(), null)
  expect(await takesPart()).toBe(false)
  await createOrganisationStore(pool).putGhlToken('again', Buffer.from('sealed'))
  expect(await takesPart()).toBe(true)

  await set(`fault = 'GHL_RECONNECT', disconnected_at = now(), expires_at = now() + interval '1 hour'`)
  expect(await takesPart()).toBe(true)
  await set(`expires_at = now()`)
  expect(await takesPart()).toBe(false)
  await pool.query(`DELETE FROM hexroute.reconcile_marks WHERE tenant = 'again'`)
})

it('people are told of refused tokens for a day, not again when the memory of the notice is gone', async () => {
  const companies = createCompanyStore(pool, Buffer.alloc(32, 7).toString('base64'))
  const refusedAgo = async (age: string) => {
    await pool.query(
      `UPDATE hexroute.ghl_companies SET fault = 'GHL_RECONNECT', disconnected_at = now() - $1::interval
        WHERE tenant = 'again'`,
      [age],
    )
    return (await companies.refused()).map(({ tenant }) => tenant)
  }
  expect(await refusedAgo('23 hours')).toEqual(['again'])
  expect(await refusedAgo('25 hours')).toEqual([])
})

it('an agency is due when its last run is long ago, and a mark never goes back', async () => {
  expect((await marks.due(startMs)).sort()).toEqual(['T', 'pilot'])
  expect(await marks.due(startMs - 1)).toEqual([])
  for (const mark of await marks.of('T')) {
    await marks.advance(mark, startMs + HOUR_MS)
    await marks.advance(mark, startMs)
    await marks.note(mark, { seen: 3, takenIn: 1, missing: 0, fault: null }, startMs + HOUR_MS)
  }
  expect((await marks.of('T')).map(({ seenUntilMs }) => seenUntilMs)).toEqual([startMs + HOUR_MS, startMs + HOUR_MS])
  expect(await marks.due(startMs)).toEqual(['pilot'])
})

it('where a full run ended is kept until the end is reached, or GHL takes it no more', async () => {
  const funnel = async () => (await marks.of('T')).find(({ locationId }) => locationId === 'funnel')!
  const result = { seen: 3, takenIn: 1, missing: 0 }
  const goOnAt = [1_780_000_000_000, 'c1']
  await marks.goOnAt(await funnel(), goOnAt)
  for (const fault of ['MORE_TO_COME', 'GHL_UNAVAILABLE', null]) {
    await marks.note(await funnel(), { ...result, fault }, startMs + HOUR_MS)
    expect((await funnel()).searchAfter).toEqual(goOnAt)
  }
  await marks.goOnAt(await funnel(), null)
  expect(await funnel()).not.toHaveProperty('searchAfter')
  await marks.goOnAt(await funnel(), goOnAt)
  await marks.note(await funnel(), { ...result, fault: 'GHL_REFUSED' }, startMs + HOUR_MS)
  expect(await funnel()).not.toHaveProperty('searchAfter')
})

it('who switches an intake off ends its part in it, and its mark waits', async () => {
  await pool.query(`UPDATE hexroute.locations SET status = 'inactive' WHERE id = 'funnel'`)
  expect((await marks.of('T')).map(({ locationId }) => locationId)).toEqual(['denver'])
  await pool.query(`UPDATE hexroute.locations SET status = 'active' WHERE id = 'funnel'`)
  expect((await marks.of('T'))[0]).toMatchObject({ locationId: 'funnel', seenUntilMs: startMs + HOUR_MS })
})

it('leads are watched by the contact that a webhook would find them by: of two that are one contact, the newer', async () => {
  const created = new Date().toISOString()
  const [older, newer] = [randomUUID(), randomUUID()]
  for (const leadId of [older, newer]) {
    await storeLead(pool, { leadId, leadCreatedAt: created, locationId: 'denver' })
    await pool.query(
      `INSERT INTO hexroute.deliveries (lead_id, attempt, tenant, location_id, state, contact_id, opportunity_id)
       SELECT $1, attempt, 'T', 'denver', 'delivered', 'c1', 'o1' FROM hexroute.leads WHERE lead_id = $1`,
      [leadId],
    )
  }
  await pool.query(
    `INSERT INTO hexroute.lead_keys (tenant, kind, key, lead_id, lead_created_at) VALUES ('T', 'contact', 'denver/c1', $1, $2)`,
    [newer, created],
  )
  const leads = createKnownLeads(pool)
  expect(await leads.watched('T', 'denver', 0)).toMatchObject([{ leadId: newer, opportunityId: 'o1', status: 'open' }])
  expect(await leads.watched('T', 'denver', Date.now() + HOUR_MS)).toEqual([])
})

it('what was assigned and neither delivered nor given up is counted, once it has had its time', async () => {
  const leads = createKnownLeads(pool)
  const leadId = randomUUID()
  await storeLead(pool, { leadId, leadCreatedAt: new Date(Date.now() - HOUR_MS).toISOString() })
  const undelivered = (agoMs: number) => leads.undelivered('T', Date.now() - agoMs, 0)
  expect([await undelivered(HOUR_MS / 4), await undelivered(2 * HOUR_MS)]).toEqual([1, 0])
  for (const [state, count] of [
    ['started', 1],
    ['failed', 0],
    ['delivered', 0],
  ] as const) {
    await pool.query(
      `INSERT INTO hexroute.deliveries (lead_id, attempt, tenant, location_id, state) VALUES ($1, 1, 'T', 'denver', $2)
       ON CONFLICT (lead_id, attempt) DO UPDATE SET state = excluded.state`,
      [leadId, state],
    )
    expect(await undelivered(HOUR_MS / 4)).toBe(count)
  }
})

it('one process compares an agency; the lock is free again afterwards, also after a fault', async () => {
  const withLock = createTenantLock(pool)
  const second = withLock('T', async () => withLock('T', async () => 'in'))
  expect(await second).toBe(null)
  expect(await withLock('T', async () => withLock('pilot', async () => 'other'))).toBe('other')
  await expect(withLock('T', () => Promise.reject(new Error('fault')))).rejects.toThrow('fault')
  expect(await withLock('T', async () => 'free')).toBe('free')
})
