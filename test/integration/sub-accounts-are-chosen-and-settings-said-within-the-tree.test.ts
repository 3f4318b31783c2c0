import { Kvm } from '@nats-io/kv'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { knownBucket, knownKey } from '../../contracts/known.ts'
import { createSubAccountStore } from '../../delivery/connection/stores/sub-account-store.ts'
import { unseal } from '../../kernel/sealed.ts'
import { OPERATOR, seedAgencies, shop, startDirectory, type TestDirectory } from '../support/directory.ts'

let directory: TestDirectory
let admin: string

beforeAll(async () => {
  directory = await startDirectory()
  await seedAgencies(directory)
  admin = await directory.key('admin')
  await directory.pool.query(`
    INSERT INTO hexroute.sub_accounts (id, tenant, name, city, time_zone, installed, changed_at)
    SELECT 'sub' || n, 'agencyA', 'Shop ' || n, 'Town ' || n, CASE WHEN n <> 7 THEN 'America/Chicago' END, n % 2 = 1, now()
      FROM generate_series(1, 250) AS n
    UNION ALL SELECT 'north1', 'agencyA', 'North 100%', NULL, 'America/New_York', true, now()
    UNION ALL SELECT 'theirs', 'agencyB', 'Shop of another', NULL, 'UTC', true, now()`)
})
afterAll(() => directory?.stop())

const get = (query: string, key = admin) => directory.call('GET', `/v1/ghl/sub-accounts?${query}`, undefined, key)
const use = (id: string, body: object, key = admin) => directory.call('PUT', `/v1/ghl/sub-accounts/${id}`, body, key)
async function known(id: string): Promise<unknown> {
  const bucket = await new Kvm(directory.nats.jetstream).open(knownBucket)
  const entry = await bucket.get(knownKey.location(id))
  return entry?.operation === 'PUT' ? entry.json() : undefined
}

test('pages hold every sub-account of the agency once, by name', async () => {
  const seen: string[] = []
  let cursor = ''
  for (let pages = 0; pages < 4; pages += 1) {
    const { body } = await get(`limit=100&cursor=${cursor}`)
    seen.push(...body.items.map(({ id }: { id: string }) => id))
    expect(body.counts).toEqual({ known: 251, installed: 126, intakes: 0, locations: 1, unread: 0 })
    cursor = body.next
    if (cursor === null) break
  }
  expect(seen).toHaveLength(251)
  expect(new Set(seen).size).toBe(251)
  expect(seen).not.toContain('theirs')
  expect(seen.slice(0, 3)).toEqual(['north1', 'sub1', 'sub10'])
})

test('the next page follows also after a sub-account with the longest of names, in any script', async () => {
  await directory.pool.query(
    `INSERT INTO hexroute.sub_accounts (id, tenant, name, installed, changed_at)
     SELECT 'long' || n, 'agencyB', repeat('店', 250) || n, true, now() FROM generate_series(1, 2) AS n`,
  )
  const first = (await get('tenant=agencyB&search=店&limit=1', OPERATOR)).body
  const second = (await get(`tenant=agencyB&search=店&limit=1&cursor=${first.next}`, OPERATOR)).body
  expect([first.items[0].id, second.items[0].id, second.next]).toEqual(['long1', 'long2', null])
})

test('a search finds part of name, city or id, and takes % and _ as they are', async () => {
  const ids = async (query: string) => (await get(query)).body.items.map(({ id }: { id: string }) => id)
  expect(await ids('search=shop%2025&limit=9')).toEqual(['sub25', 'sub250'])
  expect(await ids('search=100%25')).toEqual(['north1'])
  expect(await ids('search=town%20199')).toEqual(['sub199'])
  expect(await ids('show=location')).toEqual(['north1'])
  expect(await ids('search=another')).toEqual([])
})

test('a sub-account that takes leads in is known to the gateway at once, and no more when it is switched off', async () => {
  expect((await use('sub1', { use: 'intake' })).body).toMatchObject({ id: 'sub1', use: 'intake' })
  expect(await known('sub1')).toEqual({ tenant: 'agencyA', intake: true })
  expect((await get('show=intake')).body.items).toHaveLength(1)
  expect((await use('sub1', { use: 'none' })).body).toMatchObject({ use: 'none' })
  expect(await known('sub1')).toEqual({ tenant: 'agencyA', intake: false })
  expect((await use('sub1', { use: 'intake' })).body).toMatchObject({ use: 'intake' })
  expect(await known('sub1')).toEqual({ tenant: 'agencyA', intake: true })
})

test('one without a time zone needs one, one that receives leads stays so, one of another is not there', async () => {
  expect((await use('sub7', { use: 'intake' })).body.detail).toContain('timeZone')
  expect((await use('sub7', { use: 'intake', timeZone: 'Mars/Base' })).status).toBe(400)
  expect((await use('sub7', { use: 'intake', timeZone: 'America/Denver' })).body).toMatchObject({
    timeZone: 'America/Denver',
  })
  expect((await use('north1', { use: 'intake' })).body.code).toBe('CONFLICT')
  expect((await use('theirs', { use: 'intake' })).status).toBe(404)
  expect((await use('sub9', { use: 'intake' }, await directory.key('region_manager'))).status).toBe(403)
})

test('nobody gets leads of another agency by declaring its sub-account, before GHL says whose it is or after', async () => {
  const declare = async (id: string, tenant: string) =>
    (await directory.call('PUT', `/v1/locations/${id}`, { ...shop(id, '', tenant), regionId: null, kind: 'intake' }))
      .status
  expect(await declare('theirs', 'agencyA')).toBe(409)
  expect(await known('theirs')).toBeUndefined()
  expect(await declare('theirs', 'agencyB')).toBe(200)
  expect(await known('theirs')).toEqual({ tenant: 'agencyB', intake: true })

  expect(await declare('early', 'agencyB')).toBe(200)
  expect(await known('early')).toEqual({ tenant: 'agencyB', intake: true })
  await directory.pool.query(`INSERT INTO hexroute.sub_accounts (id, tenant, name, time_zone, installed, changed_at)
    VALUES ('early', 'agencyA', 'Early', 'UTC', true, now())`)
  expect(await use('early', { use: 'intake' })).toMatchObject({
    ...{ status: 409, body: { code: 'CONFLICT', detail: expect.stringContaining('another agency') } },
  })
  expect(await declare('early', 'agencyB')).toBe(409)
  expect((await use('sub2', { use: 'intake' })).status).toBe(200)
  expect(await known('early')).toBeUndefined()
  await directory.pool.query(`DELETE FROM hexroute.sub_accounts WHERE id = 'early'`)
})

test('an uninstall, which names no agency, leaves a sub-account with the one that GHL named, not who declared it', async () => {
  const { saveInstall } = createSubAccountStore(directory.pool)
  const declared = { ...shop('prey', '', 'agencyB'), regionId: null, kind: 'intake' }
  expect((await directory.call('PUT', '/v1/locations/prey', declared)).status).toBe(200)
  const tenants = [
    await saveInstall('prey', null, false, '2026-06-01T10:00:00Z'),
    await saveInstall('prey', 'agencyA', true, '2026-06-01T10:01:00Z'),
    await saveInstall('prey', null, false, '2026-06-01T10:02:00Z'),
  ].map(({ tenant }) => tenant)
  expect(tenants).toEqual(['agencyB', 'agencyA', 'agencyA'])
})

test('a token of one sub-account is sealed, replaced, forgotten, and in no answer or audit', async () => {
  const token = 'pit-0123456789'
  const put = (id: string, key = admin) => directory.call('PUT', `/v1/locations/${id}/ghl-token`, { token }, key)
  expect((await put('north1')).status).toBe(204)
  expect((await put('north1')).status).toBe(204)
  expect((await put('nowhere')).status).toBe(404)
  expect((await put('north1', await directory.key('admin', {}, 'agencyB'))).status).toBe(403)
  const { rows } = await directory.pool.query('SELECT token_sealed FROM hexroute.ghl_private_tokens')
  expect(rows.map(({ token_sealed }) => unseal(Buffer.alloc(32, 7).toString('base64'), token_sealed))).toEqual([token])
  const audit = await directory.pool.query(
    `SELECT detail::text FROM hexroute.audit_log WHERE action LIKE '%ghl-token%'`,
  )
  expect(JSON.stringify(audit.rows)).not.toContain(token)
  expect((await directory.call('DELETE', '/v1/locations/north1/ghl-token', undefined, admin)).status).toBe(204)
  expect((await directory.call('DELETE', '/v1/locations/north1/ghl-token', undefined, admin)).status).toBe(404)
})

test('settings are said and unsaid within the part of the tree that a key has', async () => {
  const at = (scope: string, id: string) => `/v1/delivery-settings/${scope}/${id}`
  const settings = { pipeline: 'Sales', stage: 'New', note: false, workflow: null }
  const manager = await directory.key('region_manager', { regionIds: ['north'] })
  const statuses = async (key: string) =>
    Promise.all(
      [
        at('agency', 'agencyA'),
        at('region', 'north'),
        at('region', 'south'),
        at('location', 'north1'),
        at('location', 'south1'),
      ].map(async (url) => (await directory.call('PUT', url, settings, key)).status),
    )
  expect(await statuses(admin)).toEqual([200, 200, 200, 200, 200])
  expect(await statuses(manager)).toEqual([403, 200, 403, 200, 403])
  expect(await statuses(await directory.key('analyst'))).toEqual([403, 403, 403, 403, 403])
  expect((await directory.call('GET', at('region', 'north'), undefined, manager)).body).toEqual(settings)
  expect((await directory.call('DELETE', at('region', 'north'), undefined, manager)).status).toBe(204)
  expect((await directory.call('GET', at('region', 'north'), undefined, manager)).body).toEqual({})
  expect((await directory.call('PUT', at('agency', 'nobody'), settings)).status).toBe(404)
  expect((await directory.call('PUT', at('region', 'nowhere'), settings, admin)).status).toBe(404)
  expect((await directory.call('PUT', at('agency', 'agencyA'), { pipelin: 'x' }, admin)).status).toBe(400)
})
