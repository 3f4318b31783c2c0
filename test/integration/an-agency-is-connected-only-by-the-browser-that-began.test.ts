import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { ghlScopes } from '../../contracts/ghl-app.ts'
import { seedAgencies, startDirectory, type TestDirectory, testPublicUrl } from '../support/directory.ts'
import { connectionFor, type PretendDelivery, pretendDelivery } from '../support/pretend-delivery.ts'

let directory: TestDirectory
let delivery: PretendDelivery
let admin: string

beforeAll(async () => {
  directory = await startDirectory()
  await seedAgencies(directory)
  admin = await directory.key('admin')
})
afterAll(() => directory?.stop())
afterEach(() => delivery?.stop())

const answerAll = () =>
  pretendDelivery(directory.nats, (request) => {
    if (request.kind === 'connect' && request.tenant === 'agencyB')
      return { kind: 'refused', code: 'GHL_OTHER_AGENCY', message: 'another' }
    return connectionFor(request.tenant ?? 'newAgency')
  })

async function begin(key: string, body: object = {}, headers: Record<string, string> = {}) {
  const answer = await directory.app.inject({
    ...{ method: 'POST', url: '/v1/ghl/connect', payload: body },
    headers: { authorization: `Bearer ${key}`, ...headers },
  })
  const cookie = String(answer.headers['set-cookie'] ?? '')
  const url = answer.statusCode === 200 ? new URL(answer.json().url) : null
  return { status: answer.statusCode, body: answer.json(), url, cookie, state: url?.searchParams.get('state') ?? '' }
}

async function callback(query: Record<string, string>, cookie = '') {
  const headers = { cookie: `other=1; ${cookie.split(';')[0]}` }
  const answer = await directory.app.inject({ url: '/v1/oauth/callback', query, headers })
  expect(answer.statusCode).toBe(303)
  return new URL(String(answer.headers.location), testPublicUrl).searchParams.get('result')
}

test('the page of consent gets the app, the scopes, the way back and a state that no script can read', async () => {
  const { url, cookie, state } = await begin(admin)
  expect(url?.origin).toBe('https://ghl.example')
  expect(Object.fromEntries(url!.searchParams)).toMatchObject({
    response_type: 'code',
    client_id: 'app-1',
    redirect_uri: `${testPublicUrl}/v1/oauth/callback`,
    scope: ghlScopes.join(' '),
  })
  expect(state).toHaveLength(43)
  for (const part of ['HttpOnly', 'SameSite=Lax', 'Secure', 'Path=/v1/oauth']) expect(cookie).toContain(part)
})

test('a code with its state and cookie connects the agency of who began, once, and is audited', async () => {
  delivery = answerAll()
  const { cookie, state } = await begin(admin)
  expect(await callback({ code: 'c1', state }, cookie)).toBe('connected')
  expect(delivery.asked).toEqual([
    { kind: 'connect', code: 'c1', redirectUri: `${testPublicUrl}/v1/oauth/callback`, tenant: 'agencyA' },
  ])
  expect(await callback({ code: 'c1', state }, cookie)).toBe('expired')
  expect(delivery.asked).toHaveLength(1)
  const { rows } = await directory.pool.query(
    `SELECT a.subject, k.role FROM hexroute.audit_log a JOIN hexroute.access_keys k ON k.id = a.key_id
      WHERE action = 'ghl.connected'`,
  )
  expect(rows).toEqual([{ subject: 'agencyA', role: 'admin' }])
})

test("another browser, another's state, an old one or none connects nothing", async () => {
  delivery = answerAll()
  const mine = await begin(admin)
  const other = await begin(admin)
  expect(await callback({ code: 'c', state: mine.state })).toBe('not-begun-here')
  expect(await callback({ code: 'c', state: mine.state }, other.cookie)).toBe('not-begun-here')
  expect(await callback({ code: 'c' }, mine.cookie)).toBe('not-begun-here')
  await directory.pool.query(`UPDATE hexroute.connect_states SET expires_at = now() - interval '1 second'`)
  expect(await callback({ code: 'c', state: mine.state }, mine.cookie)).toBe('expired')
  expect(delivery.asked).toEqual([])
})

test('who refuses in GHL, chooses another agency, or finds no delivery is told so', async () => {
  const refusing = await begin(admin)
  expect(await callback({ error: 'access_denied', state: refusing.state }, refusing.cookie)).toBe('denied')
  const alone = await begin(admin)
  expect(await callback({ code: 'c', state: alone.state }, alone.cookie)).toBe('no-delivery')
  delivery = answerAll()
  const wrong = await begin(await directory.key('admin', {}, 'agencyB'))
  expect(await callback({ code: 'c', state: wrong.state }, wrong.cookie)).toBe('GHL_OTHER_AGENCY')
})

test('only who has the whole agency begins, and from the address that GHL comes back to', async () => {
  expect((await begin(await directory.key('location_manager'))).status).toBe(403)
  expect((await begin(await directory.key('admin', { regionIds: ['north'] }))).status).toBe(403)
  expect((await begin(admin, { tenant: 'agencyB' })).status).toBe(403)
  const elsewhere = await begin(admin, {}, { origin: 'http://localhost:8081' })
  expect([elsewhere.status, elsewhere.body.code]).toEqual([409, 'CONFLICT'])
  expect(elsewhere.body.detail).toContain(`${testPublicUrl}/connect`)
  expect((await begin(admin, {}, { origin: testPublicUrl })).status).toBe(200)
})

test('the connection is told to readers of the agency, and only to them', async () => {
  delivery = answerAll()
  const analyst = await directory.key('analyst')
  const own = await directory.call('GET', '/v1/ghl/connection', undefined, analyst)
  expect(own).toMatchObject({ status: 200, body: { tenant: 'agencyA', state: 'connected', budget: { per10s: 93 } } })
  expect((await directory.call('GET', '/v1/ghl/connection?tenant=agencyB', undefined, analyst)).status).toBe(403)
  expect((await directory.call('POST', '/v1/ghl/disconnect', {}, analyst)).status).toBe(403)
  expect((await directory.call('POST', '/v1/ghl/disconnect', {}, admin)).status).toBe(200)
  expect(delivery.asked.at(-1)).toEqual({ kind: 'disconnect', tenant: 'agencyA' })
})
