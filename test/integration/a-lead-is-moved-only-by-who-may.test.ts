import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { RouterReply, RouterRequest } from '../../contracts/router-request.ts'
import { subjects } from '../../contracts/streams.ts'
import { createAskRouter } from '../../directory/stores/router-link.ts'
import { makeDecision } from '../support/analytics-messages.ts'
import { rulesetOf, seedAgencies, shop, startDirectory, type TestDirectory } from '../support/directory.ts'
import { type PretendRouter, pretendRouter } from '../support/pretend-router.ts'

const decision = makeDecision(1, Date.parse('2026-06-10T15:00:00Z'))
const decided = (): RouterReply => ({ kind: 'decided', decision })

let directory: TestDirectory
let router: PretendRouter | undefined
const leads = { north: randomUUID(), south: randomUUID(), pond: randomUUID(), hq: randomUUID() }
const call: TestDirectory['call'] = (...request) => directory.call(...request)
const answering = (answer: (request: RouterRequest) => RouterReply): PretendRouter => {
  router = pretendRouter(directory.nats, answer)
  return router
}
const refusing = (code: Extract<RouterReply, { kind: 'refused' }>['code'], takenBy: string | null = null) =>
  answering(() => ({ kind: 'refused', code, message: `Refused: ${code}.`, takenBy }))

beforeAll(async () => {
  directory = await startDirectory()
  await seedAgencies(directory)
  const at = new Date().toISOString()
  const insert = (id: string, outcome: string, locationId: string | null, regionId: string | null) =>
    directory.pool.query(
      `INSERT INTO hexroute.leads (lead_id, created_at, tenant, event_id, intake_location_id, person, place, attempt, outcome,
         location_id, region_id) VALUES ($1, $2, 'agencyA', $1, 'funnel', '{"email": "dana@example.com"}', '{}', 1, $3, $4, $5)`,
      [id, at, outcome, locationId, regionId],
    )
  await insert(leads.north, 'assigned', 'north1', 'north')
  await insert(leads.south, 'assigned', 'south1', 'south')
  await insert(leads.pond, 'pond', null, null)
  await insert(leads.hq, 'hq', null, null)
  await directory.pool.query(
    `INSERT INTO hexroute.pond_leads (lead_id, lead_created_at, tenant, attempt, pond_group, offered_to, until)
     VALUES ($1, $2, 'agencyA', 1, 0, '{north1,north2}', now() + interval '1 hour')`,
    [leads.pond, at],
  )
})
afterAll(() => directory?.stop())
afterEach(() => router?.stop())

describe('a claim, a move and a return', () => {
  it('reach a router as the contract says, and its decision is the answer', async () => {
    const { asked } = answering(decided)
    const claimed = await call('POST', `/v1/leads/${leads.pond}/claim`, { locationId: 'north1', userId: 'u1' })
    expect(claimed).toEqual({ status: 200, body: decision })
    await call('POST', `/v1/leads/${leads.north}/move`, { locationId: 'south1' })
    await call('POST', `/v1/leads/${leads.north}/return`, { reason: 'spam' })
    const by = expect.stringMatching(/^[0-9a-f-]{36}$/)
    const tenant = 'agencyA'
    expect(asked).toEqual([
      { kind: 'claim', tenant, leadId: leads.pond, locationId: 'north1', userId: 'u1', reason: null, by },
      { kind: 'move', tenant, leadId: leads.north, locationId: 'south1', userId: null, reason: null, by },
      { kind: 'return', tenant, leadId: leads.north, locationId: null, userId: null, reason: 'spam', by },
    ])
    const { rows } = await directory.pool.query(
      `SELECT action, detail FROM hexroute.audit_log WHERE action LIKE 'lead.%' ORDER BY at, id`,
    )
    expect(rows).toEqual([
      { action: 'lead.claim', detail: { tenant, locationId: 'north1', userId: 'u1' } },
      { action: 'lead.move', detail: { tenant, from: 'north1', locationId: 'south1', userId: null } },
      { action: 'lead.return', detail: { tenant, from: 'north1', reason: 'spam' } },
    ])
  })

  it('the loser of a claim hears who has it', async () => {
    refusing('TAKEN', 'north2')
    expect(await call('POST', `/v1/leads/${leads.pond}/claim`, { locationId: 'north1' })).toMatchObject({
      status: 409,
      body: { code: 'TAKEN', takenBy: 'north2', detail: 'Refused: TAKEN.' },
    })
  })

  it.each([
    ['NOT_FOUND', 404, 'NOT_FOUND'],
    ['NOT_CLAIMABLE', 409, 'NOT_CLAIMABLE'],
    ['NO_SUCH_LOCATION', 409, 'CONFLICT'],
    ['ENDED', 409, 'ENDED'],
    ['BUSY', 503, 'UNAVAILABLE'],
  ] as const)("the router's refusal %s is a problem %i %s", async (refusal, status, code) => {
    refusing(refusal)
    const answer = await call('POST', `/v1/leads/${leads.pond}/claim`, { locationId: 'north1' })
    expect(answer).toMatchObject({ status, body: { code } })
  })

  it('without a router the answer is 503 within the time-out, not a hanging request', async () => {
    expect(await call('POST', `/v1/leads/${leads.pond}/claim`, { locationId: 'north1' })).toMatchObject({
      status: 503,
      body: { code: 'UNAVAILABLE', detail: 'No router answers. Try again in a few seconds.' },
    })
  })

  it('a router that takes the question and stays silent is no longer waited for than the time-out', async () => {
    const silent = directory.nats.connection.subscribe(subjects.routerRequest, { callback: () => {} })
    const ask = createAskRouter(directory.nats, 50)
    const preview = {
      kind: 'preview',
      tenant: 'agencyA',
      person: {},
      intakeLocationId: null,
      at: null,
      rulesetId: null,
    }
    expect(await ask(preview as RouterRequest)).toBe(null)
    silent.unsubscribe()
  })

  it('of a lead or a location that is not there fail before a router is asked', async () => {
    const { asked } = answering(decided)
    const nobody = randomUUID()
    expect((await call('POST', `/v1/leads/${nobody}/claim`, { locationId: 'north1' })).status).toBe(404)
    expect((await call('POST', `/v1/leads/${leads.pond}/claim`, { locationId: 'nowhere' })).status).toBe(409)
    expect((await call('POST', `/v1/leads/${leads.north}/return`, { reason: 'mood' })).status).toBe(400)
    expect(asked).toEqual([])
  })
})

describe('each role within its part', () => {
  it.each([
    ['region_manager', { regionIds: ['north'] }, 200, 200, 403, 403],
    ['location_manager', { locationIds: ['north1'] }, 200, 200, 403, 403],
    ['location_manager', { locationIds: ['south1'] }, 403, 403, 403, 200],
    ['analyst', {}, 403, 403, 403, 403],
  ])('%s of %j: claims %i, returns its own %i, moves across %i, returns the south %i', async (...row) => {
    const [role, part, claims, returns, across, south] = row
    answering(decided)
    const key = await directory.key(role, part)
    const status = async (lead: string, action: string, body: object): Promise<number> =>
      (await call('POST', `/v1/leads/${lead}/${action}`, body, key)).status
    expect(await status(leads.pond, 'claim', { locationId: 'north1' })).toBe(claims)
    expect(await status(leads.north, 'return', { reason: 'bad-lead' })).toBe(returns)
    expect(await status(leads.north, 'move', { locationId: 'south1' })).toBe(across)
    expect(await status(leads.south, 'return', { reason: 'bad-lead' })).toBe(south)
  })

  it("another agency's admin finds no lead", async () => {
    const key = await directory.key('admin', {}, 'agencyB')
    expect((await call('POST', `/v1/leads/${leads.pond}/claim`, { locationId: 'north1' }, key)).status).toBe(404)
    expect((await call('GET', `/v1/leads/${leads.north}`, undefined, key)).status).toBe(404)
  })

  it('a lead with its personal data is read by its managers, not by analysts and not by others', async () => {
    const keys = {
      admin: await directory.key('admin'),
      north: await directory.key('region_manager', { regionIds: ['north'] }),
      shop: await directory.key('location_manager', { locationIds: ['north1'] }),
      other: await directory.key('location_manager', { locationIds: ['south1'] }),
      analyst: await directory.key('analyst'),
    }
    const statuses = Object.entries(keys).map(
      async ([who, key]) => [who, (await call('GET', `/v1/leads/${leads.north}`, undefined, key)).status] as const,
    )
    expect(Object.fromEntries(await Promise.all(statuses))).toEqual({
      ...{ admin: 200, north: 200, shop: 200, other: 404, analyst: 403 },
    })
  })

  it('the list shows each key its own leads and those offered to it, without personal data', async () => {
    const ids = async (key: string, query = ''): Promise<string[]> => {
      const { status, body } = await call('GET', `/v1/leads${query}`, undefined, key)
      expect(status).toBe(200)
      expect(JSON.stringify(body)).not.toContain('dana@example.com')
      return body.items.map(({ leadId }: { leadId: string }) => leadId)
    }
    const manager = await directory.key('location_manager', { locationIds: ['north1'] })
    expect((await ids(manager)).sort()).toEqual([leads.north, leads.pond].sort())
    expect(await ids(manager, '?outcome=pond')).toEqual([leads.pond])
    expect((await ids(await directory.key('analyst'))).sort()).toEqual(Object.values(leads).sort())
    expect(await ids(await directory.key('region_manager', { regionIds: ['south'] }))).toEqual([leads.south])
    const first = (await call('GET', '/v1/leads?limit=3')).body
    const rest = (await call('GET', `/v1/leads?limit=3&cursor=${encodeURIComponent(first.next)}`)).body
    expect([first.items.length, rest.items.length, rest.next]).toEqual([3, 1, null])
  })
})

describe('a preview', () => {
  const person = { postalCode: '30305', source: 'ads' }

  it('asks a router and gives its decision, for a draft and for another time too', async () => {
    const { asked } = answering(() => ({ kind: 'preview', decision }))
    const rulesetId = (await call('POST', '/v1/rulesets', rulesetOf('30305'))).body.id
    const key = await directory.key('analyst')
    expect(await call('POST', '/v1/route/preview', { person }, key)).toEqual({ status: 200, body: decision })
    await call('POST', '/v1/route/preview', { person, rulesetId, at: '2026-06-10T11:00:00-04:00' })
    const common = { kind: 'preview', tenant: 'agencyA', person, intakeLocationId: null }
    expect(asked).toEqual([
      { ...common, at: null, rulesetId: null },
      { ...common, at: '2026-06-10T15:00:00.000Z', rulesetId },
    ])
  })

  it.each([
    ['location_manager', { person }, 403],
    ['admin', { person, tenant: 'agencyB' }, 403],
    ['admin', { person: { zip: '30305' } }, 400],
    ['admin', { person, at: 'yesterday' }, 400],
    ['admin', { person, rulesetId: randomUUID() }, 404],
  ])('as %s with %j is refused: %i', async (role, body, status) => {
    expect((await call('POST', '/v1/route/preview', body, await directory.key(role))).status).toBe(status)
  })
})

describe('users', () => {
  const user = {
    ...{
      id: 'u1',
      tenant: 'agencyA',
      locationId: 'north1',
      name: 'Uma',
      status: 'active',
      weight: 2,
      calendarId: null,
    },
    ...{ skills: [], languages: ['en'], leave: [{ from: '2026-07-01', to: '2026-07-14' }] },
  }

  it('are put per location, read, listed and deleted', async () => {
    expect(await call('PUT', '/v1/users/u1', user)).toEqual({ status: 200, body: user })
    const second = { ...user, locationId: 'south1', weight: 1 }
    await call('PUT', '/v1/users/u1', second)
    expect((await call('GET', '/v1/users/u1')).body.items).toEqual([user, second])
    expect((await call('GET', '/v1/users?locationId=south1')).body.items).toEqual([second])
    const first = (await call('GET', '/v1/users?limit=1')).body
    expect((await call('GET', `/v1/users?limit=1&cursor=${encodeURIComponent(first.next)}`)).body).toEqual({
      items: [second],
      next: null,
    })
    await call('PUT', '/v1/users/u1', { ...user, status: 'paused' })
    const stored = await directory.pool.query(`SELECT status FROM hexroute.users WHERE location_id = 'north1'`)
    expect(stored.rows).toEqual([{ status: 'paused' }])
    expect((await call('DELETE', '/v1/users/u1?locationId=south1')).status).toBe(204)
    expect((await call('GET', '/v1/users/u1')).body.items).toHaveLength(1)
    expect((await call('DELETE', '/v1/users/u1')).status).toBe(204)
    expect((await call('GET', '/v1/users/u1')).status).toBe(404)
  })

  it('of another location are not for a location manager', async () => {
    const key = await directory.key('location_manager', { locationIds: ['south1'] })
    expect((await call('PUT', '/v1/users/u1', user, key)).status).toBe(403)
    await call('PUT', '/v1/users/u1', user)
    expect((await call('DELETE', '/v1/users/u1', undefined, key)).status).toBe(404)
    expect((await call('GET', '/v1/users', undefined, key)).body.items).toEqual([])
  })

  it.each([
    ['a leave that ends before it begins', { leave: [{ from: '2026-07-14', to: '2026-07-01' }] }, 400],
    ['a negative weight', { weight: -1 }, 400],
    ['a location that is not there', { locationId: 'nowhere' }, 409],
    ['a location of another agency', { tenant: 'agencyB' }, 409],
  ])('with %s are refused', async (_what, change, status) => {
    expect((await call('PUT', '/v1/users/u1', { ...user, ...change })).status).toBe(status)
  })
})

it('locations are listed within the key, sources without their secret', async () => {
  const key = await directory.key('region_manager', { regionIds: ['north'] })
  const ids = (await call('GET', '/v1/locations', undefined, key)).body.items.map(({ id }: { id: string }) => id)
  expect(ids).toEqual(['north1', 'north2'])
  const intake = { ...shop('funnel', 'north'), kind: 'intake', regionId: null, latitude: null, longitude: null }
  await call('PUT', '/v1/locations/funnel', intake)
  const source = { id: 'form', tenant: 'agencyA', name: 'Form', locationId: 'funnel' }
  await call('PUT', '/v1/sources/form', { ...source, secret: 'a-secret-of-the-form' })
  expect((await call('GET', '/v1/sources')).body).toEqual({ items: [source], next: null })
})
