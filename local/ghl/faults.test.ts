import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { Value } from 'typebox/value'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { buildApp } from './app.ts'
import { Env } from './env.ts'
import { openJournal } from './record/journal.ts'

const env = Value.Default(Env, {
  GHL_SIM_PRIVATE_KEY_FILE: '',
  GHL_SIM_DATA_DIR: '',
  GHL_APP_ID: 'app',
  GHL_CLIENT_ID: 'app-1',
  GHL_CLIENT_SECRET: 'secret',
  GHL_SIM_REFRESH_TOKEN: 'first',
  // Port 9 (discard): nobody listens.
  WEBHOOK_URL: 'http://127.0.0.1:9/',
}) as Env

type Body = { access_token: string; message: string; buckets: object[]; operations: Record<string, number> }

let app: FastifyInstance
let url: string
let tokens: Record<string, string>

beforeEach(async () => {
  const privateKeyPem = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  app = await buildApp({ env, journal: await openJournal(mkdtempSync(join(tmpdir(), 'hexroute-app-'))), privateKeyPem })
  url = await app.listen({ port: 0, host: '127.0.0.1' })
  const locations = ['a', 'b'].map((id) => ({ id, name: id, intake: false }))
  await call('PUT', '/_sim/organisation', { companyId: 'co', locations })
  const grant = { client_id: 'app-1', client_secret: 'secret', grant_type: 'refresh_token', refresh_token: 'first' }
  tokens = { co: (await call('POST', '/oauth/token', grant)).body.access_token }
  for (const id of ['a', 'b']) tokens[id] = await mint(id)
})
afterEach(() => app.close())

async function call(method: string, path: string, body?: object, token?: string, signal?: AbortSignal) {
  const answer = await fetch(url + path, {
    method,
    headers: {
      version: '2021-07-28',
      ...(body ? { 'content-type': 'application/json' } : {}),
      ...(token ? { authorization: `Bearer ${token}` } : {}),
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
    ...(signal ? { signal } : {}),
  })
  return { status: answer.status, headers: answer.headers, body: (await answer.json()) as Body }
}

const mint = async (locationId: string): Promise<string> =>
  (await call('POST', '/oauth/locationToken', { companyId: 'co', locationId }, tokens.co)).body.access_token
const faults = (...rules: object[]) => call('PUT', '/_sim/faults', { rules })
const upsert = (locationId: string, email: string, signal?: AbortSignal) =>
  call('POST', '/contacts/upsert', { locationId, email }, tokens[locationId], signal)
const contacts = async () => (await call('GET', '/_sim/contacts')).body as unknown as { fields: { email: string } }[]

test('a rule strikes its operation in its sub-account as often as it says, and nothing else', async () => {
  await faults({ kind: '500', operation: 'POST /contacts/upsert', id: 'a', count: 2 })
  const statuses = []
  for (let call = 0; call < 3; call += 1) statuses.push((await upsert('a', 'x@example.com')).status)
  expect(statuses).toEqual([500, 500, 200])
  expect((await upsert('b', 'x@example.com')).status).toBe(200)
})

test('a 429 of a rule is counted like one of the limit, and names its wish', async () => {
  await faults({ kind: '429', count: 1, retryAfterS: 3 })
  const answer = await upsert('a', 'x@example.com')
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '3'])
  await upsert('a', 'x@example.com')
  const { buckets, operations } = (await call('GET', '/_sim/truth')).body
  expect(buckets).toContainEqual({ id: 'a', calls: 2, limited: 1, callsMaxIn10s: 2 })
  expect(operations['POST /contacts/upsert']).toBe(2)
})

test('an answer can fail to come though the write was done: by silence, by a cut, by a 422 that lies', async () => {
  await faults(
    { kind: 'no-answer', operation: 'POST /contacts/upsert', count: 1 },
    { kind: 'cut-off', operation: 'POST /contacts/upsert', count: 1 },
    { kind: 'refused-but-written', operation: 'POST /contacts/upsert', count: 1 },
  )
  await expect(upsert('a', '1@example.com', AbortSignal.timeout(500))).rejects.toThrow()
  await expect(upsert('a', '2@example.com')).rejects.toThrow()
  expect((await upsert('a', '3@example.com')).status).toBe(422)
  expect((await contacts()).map(({ fields }) => fields.email)).toEqual([1, 2, 3].map((name) => `${name}@example.com`))
})

test('a reset comes before the write', async () => {
  await faults({ kind: 'reset', count: 1 })
  await expect(upsert('a', 'x@example.com')).rejects.toThrow()
  expect(await contacts()).toEqual([])
})

test('revoking the tokens of a sub-account leaves those of the others, and the next one is good', async () => {
  await call('POST', '/_sim/revoke', { id: 'a' })
  expect((await upsert('a', 'x@example.com')).status).toBe(401)
  expect((await upsert('b', 'x@example.com')).status).toBe(200)
  tokens.a = await mint('a')
  expect((await upsert('a', 'x@example.com')).status).toBe(200)
})

test('a suspended sub-account answers that it is not active, until it is again', async () => {
  await call('PATCH', '/_sim/locations/a', { active: false })
  expect(await upsert('a', 'x@example.com')).toMatchObject({ status: 403, body: { message: 'Location is not active' } })
  await call('PATCH', '/_sim/locations/a', { active: true })
  expect((await upsert('a', 'x@example.com')).status).toBe(200)
})

test('by a clock that is ahead a token is over before its time', async () => {
  await call('PUT', '/_sim/faults', { clockSkewMs: 600_000, tokenLifeS: 86_399 })
  expect((await upsert('a', 'x@example.com')).status).toBe(200)
  await call('PUT', '/_sim/faults', { clockSkewMs: 86_400_000 })
  expect((await upsert('a', 'x@example.com')).status).toBe(401)
})
