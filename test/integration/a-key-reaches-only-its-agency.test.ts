import { Kvm } from '@nats-io/kv'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { knownBucket } from '../../contracts/known.ts'
import { demoRuleset } from '../../local/demo/ruleset.ts'
import { startDirectory, type TestDirectory } from '../support/directory.ts'

const location = {
  id: 'locA',
  tenant: 'agencyA',
  regionId: 'regionA',
  name: 'A <b>shop</b>',
  kind: 'location',
  status: 'active',
  latitude: 33.8,
  longitude: -84.4,
  timeZone: 'America/New_York',
  weight: 1,
}
const ruleset = {
  version: 1,
  tenant: 'agencyA',
  strategy: { exclusive: 'nearest', shared: 'balanced', nearest: 'nearest' },
  nearestMaxM: 1_000,
  territories: [{ id: 't', locationId: 'locA', exclusive: true, kind: 'zip', country: 'US', codes: ['30305'] }],
  caps: [],
}

describe('the control API', () => {
  let directory: TestDirectory
  const call: TestDirectory['call'] = (...request) => directory.call(...request)

  beforeAll(async () => {
    directory = await startDirectory()
  })
  afterAll(() => directory?.stop())

  it('makes an organisation, and the gateway knows of it at once', async () => {
    expect(await call('PUT', '/v1/regions/regionA', { id: 'regionA', tenant: 'agencyA', name: 'A' })).toMatchObject({
      status: 409,
      body: { code: 'CONFLICT' },
    })
    for (const tenant of ['agencyA', 'agencyB'])
      expect((await call('PUT', `/v1/agencies/${tenant}`, { id: tenant, name: tenant })).status).toBe(200)
    expect((await call('PUT', '/v1/regions/regionA', { id: 'regionA', tenant: 'agencyA', name: 'A' })).status).toBe(200)
    expect((await call('PUT', '/v1/locations/locA', location)).status).toBe(200)
    const bucket = await new Kvm(directory.nats.jetstream).open(knownBucket)
    expect((await bucket.get('location.locA'))?.json()).toEqual({ tenant: 'agencyA', intake: false })
  })

  it.each([
    ['another id in the path', '/v1/locations/other', location],
    ['no zone of this world', '/v1/locations/locA', { ...location, timeZone: 'Mars/Olympus' }],
    ['the sea off Africa', '/v1/locations/locA', { ...location, latitude: 0, longitude: 0 }],
    ['no point', '/v1/locations/locA', { ...location, latitude: null }],
    ['a field too many', '/v1/locations/locA', { ...location, admin: true }],
    ['a path in the id', '/v1/locations/a%2Fb', { ...location, id: 'a/b' }],
  ])('refuses a location with %s, in plain words', async (_what, url, body) => {
    const answer = await call('PUT', url, body)
    expect(answer).toMatchObject({ status: 400, body: { code: 'BAD_REQUEST', status: 400 } })
    expect(answer.body.detail).not.toMatch(/ at .+:\d+|SELECT|INSERT/)
  })

  it('publishes a ruleset once, and keeps one with a fault back', async () => {
    const broken = { ...ruleset, caps: [{ locationId: 'nowhere', metric: 'leads', window: 'day', limit: 5 }] }
    const draft = await call('POST', '/v1/rulesets', broken)
    const refused = await call('POST', `/v1/rulesets/${draft.body.id}/publish`)
    expect(refused).toMatchObject({ status: 400, body: { code: 'BAD_REQUEST' } })
    expect(refused.body.detail).toContain('/caps/0/locationId: there is no location nowhere')
    expect((await call('POST', '/v1/rulesets', { ...demoRuleset(), tenant: 'agencyA' })).status).toBe(201)

    const good = await call('POST', '/v1/rulesets', ruleset)
    const published = await call('POST', `/v1/rulesets/${good.body.id}/publish`)
    expect(published).toMatchObject({
      status: 200,
      body: { state: 'published', hash: expect.stringMatching(/^[0-9a-f]{64}$/) },
    })
    expect((await call('POST', `/v1/rulesets/${good.body.id}/publish`)).status).toBe(409)
    expect(directory.announced).toEqual(['agencyA'])
  })

  it('lets nobody in without a key, nor beyond his agency and role', async () => {
    const admin = (await call('POST', '/v1/keys', { tenant: 'agencyB', role: 'admin', name: 'b' })).body
    const analyst = (await call('POST', '/v1/keys', { tenant: 'agencyA', role: 'analyst', name: 'a' })).body
    expect((await call('GET', '/v1/locations', undefined, null)).status).toBe(401)
    expect((await call('GET', '/v1/locations', undefined, 'not-a-key-at-all')).status).toBe(401)
    expect((await call('GET', '/v1/locations', undefined, admin.key)).body.items).toEqual([])
    expect((await call('GET', '/v1/locations', undefined, analyst.key)).body.items).toHaveLength(1)
    expect((await call('PUT', '/v1/locations/locA', location, admin.key)).status).toBe(403)
    expect((await call('PUT', '/v1/locations/locA', location, analyst.key)).status).toBe(403)
    const stolen = await call(
      'PUT',
      '/v1/locations/locA',
      { ...location, tenant: 'agencyB', regionId: null, kind: 'intake' },
      admin.key,
    )
    expect(stolen).toMatchObject({ status: 409, body: { code: 'CONFLICT' } })
    expect((await call('DELETE', `/v1/keys/${analyst.id}`, undefined, admin.key)).status).toBe(404)
    expect((await call('DELETE', `/v1/keys/${analyst.id}`)).status).toBe(204)
    expect((await call('GET', '/v1/locations', undefined, analyst.key)).status).toBe(401)
  })

  it('gives an admin of a part neither a key of all, nor the keys of others, nor the token of the agency', async () => {
    const part = await directory.key('admin', { regionIds: ['regionA'] })
    const whole = await directory.key('admin')
    const analyst = (await call('POST', '/v1/keys', { tenant: 'agencyA', role: 'analyst', name: 'a' })).body
    const statuses = async (key: string) => {
      const made = await call('POST', '/v1/keys', { tenant: 'agencyA', role: 'admin', name: 'all' }, key)
      const token = await call('PUT', '/v1/agencies/agencyA/ghl-token', { refreshToken: 'another' }, key)
      return [made.status, token.status, (await call('DELETE', `/v1/keys/${analyst.id}`, undefined, key)).status]
    }
    expect(await statuses(part)).toEqual([403, 403, 403])
    expect(await statuses(await directory.key('admin', { locationIds: ['locA'] }))).toEqual([403, 403, 403])
    expect((await call('GET', '/v1/locations', undefined, analyst.key)).status).toBe(200)
    expect(await statuses(whole)).toEqual([201, 204, 204])
  })

  it('lets an admin of a part change nothing of the organisation beside it', async () => {
    const [intake, region] = [
      { ...location, id: 'inA', kind: 'intake', regionId: null },
      { id: 'regionC', name: 'C' },
    ]
    await call('PUT', '/v1/locations/inA', intake)
    await call('PUT', '/v1/regions/regionC', { ...region, tenant: 'agencyA' })
    await call('PUT', '/v1/locations/locC', { ...location, id: 'locC', regionId: 'regionC' })
    const source = {
      id: 'formC',
      tenant: 'agencyA',
      name: 'form',
      locationId: 'locC',
      secret: 'a-secret-of-the-test-01',
    }
    expect((await call('PUT', '/v1/sources/formC', source)).status).toBe(200)
    const part = await directory.key('admin', { regionIds: ['regionA'] })
    const put = async (path: string, body: { id: string; [field: string]: unknown }) =>
      (await call('PUT', `/v1/${path}/${body.id}`, body, part)).status
    expect(await put('agencies', { ...region, id: 'agencyA' })).toBe(403)
    expect(await put('regions', { ...region, tenant: 'agencyA' })).toBe(403)
    expect(await put('locations', { ...location, id: 'locC', regionId: 'regionC' })).toBe(403)
    // Neither taken over into the own part, nor given away out of it, nor a source moved.
    expect(await put('locations', { ...location, id: 'locC' })).toBe(403)
    expect(await put('locations', { ...location, regionId: 'regionC' })).toBe(403)
    expect(await put('locations', intake)).toBe(403)
    expect(await put('sources', source)).toBe(403)
    expect(await put('sources', { ...source, locationId: 'locA' })).toBe(403)
    expect(await put('locations', location)).toBe(200)
    expect(await put('regions', { id: 'regionA', tenant: 'agencyA', name: 'A' })).toBe(200)
    expect(await put('sources', { ...source, id: 'formA', locationId: 'locA' })).toBe(200)
  })

  it('gives no source to a location of another agency, nor to none', async () => {
    const source = {
      id: 'formB',
      tenant: 'agencyB',
      name: 'form',
      locationId: 'locA',
      secret: 'a-secret-of-the-test-02',
    }
    const conflict = { status: 409, body: { code: 'CONFLICT' } }
    expect(await call('PUT', '/v1/sources/formB', source)).toMatchObject(conflict)
    expect(await call('PUT', '/v1/sources/formB', { ...source, locationId: 'nowhere' })).toMatchObject(conflict)
  })

  it('pages lists by cursor', async () => {
    const first = await call('GET', '/v1/agencies?limit=1')
    const second = await call('GET', `/v1/agencies?limit=1&cursor=${first.body.next}`)
    expect([first.body.items[0].id, second.body.items[0].id, second.body.next]).toEqual(['agencyA', 'agencyB', null])
  })
})
