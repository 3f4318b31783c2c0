import { randomUUID } from 'node:crypto'
import { connect } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestDatabase, startTestNats, type TestBackend, type TestDatabase } from '../support/backends.ts'
import { type Answer, fixture, type Gateway, startGateway } from '../support/gateway.ts'
import { makeKnown } from '../support/known-bucket.ts'
import { storedEvents } from '../support/stored-events.ts'

const LOCATION = 'Lx8Qm2VtR4nK9bYw1sZa'
const MIB = 1024 ** 2
let nats: TestBackend
let database: TestDatabase
let gateway: Gateway

beforeAll(async () => {
  ;[nats, database] = await Promise.all([startTestNats(), createTestDatabase()])
  await makeKnown(nats.url, {
    locations: { [LOCATION]: { tenant: 'agency', intake: true } },
    sources: { form: { tenant: 'agency', locationId: LOCATION, secret: 's3cret' } },
  })
  gateway = await startGateway({ NATS_URL: nats.url, DATABASE_URL: database.url })
})

afterAll(async () => {
  await gateway?.stop()
  await nats?.stop()
  await database?.drop()
})

const lead = (change: Record<string, unknown> = {}) =>
  fixture('webhooks/ContactCreate.json', { webhookId: randomUUID(), timestamp: new Date().toISOString(), ...change })
const bytesOf = (value: unknown) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value))

function expectProblem(answer: Answer, status: number, code: string): void {
  expect(answer).toMatchObject({ status, body: { status, code, type: 'about:blank', requestId: expect.any(String) } })
  expect(answer.headers.get('content-type')).toMatch('application/problem+json')
  expect(answer.headers.get('x-request-id')).toBe(answer.body.requestId)
  expect(JSON.stringify(answer.body)).not.toMatch(/\bat .*:\d+|node_modules|Error:/)
}

test('unsigned, N/A, wrongly signed, and signed for another body: 401 each', async () => {
  const bytes = bytesOf(lead())
  const post = (headers: Record<string, string>) => gateway.post('/webhooks/ghl', bytes, headers)
  expectProblem(await post({}), 401, 'UNSIGNED')
  expectProblem(await post({ 'x-ghl-signature': 'N/A' }), 401, 'UNSIGNED')
  expectProblem(await post({ 'x-wh-signature': 'x'.repeat(684) }), 401, 'UNSIGNED')
  expectProblem(await post({ 'x-ghl-signature': 'garbage' }), 401, 'BAD_SIGNATURE')
  expectProblem(await post({ 'x-ghl-signature': gateway.signatureOf(bytesOf(lead())) }), 401, 'BAD_SIGNATURE')
})

test('the signature comes first: an unparseable body with a wrong one is 401, not 400', async () => {
  expectProblem(await gateway.post('/webhooks/ghl', '{"type":', { 'x-ghl-signature': 'AAAA' }), 401, 'BAD_SIGNATURE')
})

test.each([
  ['an empty body', '', 'UNPARSEABLE_BODY'],
  ['a truncated one', '{"type":"ContactCreate","locationId":"Lx8Q', 'UNPARSEABLE_BODY'],
  ['no UTF-8', Buffer.from([0x7b, 0x22, 0xc3, 0x28, 0x22, 0x3a, 0x31, 0x7d]), 'UNPARSEABLE_BODY'],
  ['a list', '[{"type":"ContactCreate"}]', 'UNPARSEABLE_BODY'],
  ['a number', '17', 'UNPARSEABLE_BODY'],
  ['500,000 open lists', '['.repeat(500_000), 'UNPARSEABLE_BODY'],
  ['objects nested 100,000 deep', `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`, 'UNPARSEABLE_BODY'],
  ['__proto__', '{"type":"ContactCreate","__proto__":{"admin":true}}', 'UNPARSEABLE_BODY'],
  ['constructor.prototype', '{"type":"X","a":{"constructor":{"prototype":{"admin":1}}}}', 'UNPARSEABLE_BODY'],
  ['no type', '{"locationId":"Lx8Qm2VtR4nK9bYw1sZa"}', 'MISSING_TYPE'],
  ['a type that is no text', '{"type":{"$gt":""}}', 'MISSING_TYPE'],
])('well signed but %s: 400', async (_what, body, code) => {
  expectProblem(await gateway.postSigned(Buffer.from(body)), 400, code)
  expect(({} as { admin?: unknown }).admin).toBeUndefined()
})

test('over 1 MiB: 413, declared or not; exactly 1 MiB is stored whole', async () => {
  const pad = (bytes: number) => {
    const body = lead({ note: '' })
    return bytesOf({ ...body, note: 'x'.repeat(bytes - bytesOf(body).length) })
  }
  expectProblem(await gateway.postSigned(pad(MIB + 1)), 413, 'BODY_TOO_LARGE')
  const chunked = await fetch(`${gateway.url}/webhooks/ghl`, {
    method: 'POST',
    headers: { 'x-ghl-signature': 'x' },
    body: new Blob([pad(MIB + 1)]).stream(),
    duplex: 'half',
  } as RequestInit)
  expect([chunked.status, ((await chunked.json()) as { code: string }).code]).toEqual([413, 'BODY_TOO_LARGE'])
  const answer = await gateway.postSigned(pad(MIB))
  expect(answer.status).toBe(202)
  const stored = (await storedEvents(nats.url)).find(({ eventId }) => eventId === answer.body.eventId)
  expect(bytesOf(stored!.payload)).toHaveLength(MIB)
})

test('unknown type, unknown sub-account and another app: 202, and kept in the stream with the reason', async () => {
  const cases = [
    [lead({ type: 'GalaxyCreate' }), 'unknown-type', 'agency'],
    [lead({ locationId: 'nobody-knows' }), 'unknown-location', '_'],
    [lead({ appId: 'another-app' }), 'other-app', 'agency'],
    [lead({ type: '<script>alert(1)</script>', locationId: '*.>' }), 'unknown-type', '_'],
  ] as const
  for (const [body, parked, tenant] of cases) {
    expect(await gateway.postSigned(body)).toMatchObject({ status: 202, body: { eventId: body.webhookId } })
    const stored = (await storedEvents(nats.url)).find(({ eventId }) => eventId === body.webhookId)
    expect(stored).toMatchObject({ parked, tenant, intake: false, payload: body })
    expect(stored!.subject).toMatch(/^events\.[\w-]+\.[\w-]+\.[\w-]+$/)
  }
})

test('SQL, HTML, and text that Postgres cannot hold are just text, kept as they came', async () => {
  const body = lead({
    firstName: `Robert'); DROP TABLE hexroute.leads; --`,
    lastName: '<img src=x onerror=alert(1)>',
    city: 'a\u0000b',
    customFields: [{ id: '__proto__', value: '{{constructor}}' }],
  })
  expect((await gateway.postSigned(body)).status).toBe(202)
  const stored = (await storedEvents(nats.url)).find(({ eventId }) => eventId === body.webhookId)
  expect(stored?.person).toMatchObject({ firstName: body.firstName, lastName: body.lastName, city: 'a\uFFFDb' })
  expect(stored?.payload).toEqual(body)
})

test('a strange content type or none does not matter, the signature does', async () => {
  for (const type of ['///', 'text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data']) {
    expect((await gateway.postSigned(lead(), { 'content-type': type })).status, type).toBe(202)
  }
})

test('the workflow endpoint: an unknown source answers as a wrong secret does, and the header goes before the token', async () => {
  const body = JSON.stringify(fixture('workflow/contact-created.json'))
  const post = (path: string, secret?: string) =>
    gateway.post(`/webhooks/workflow/${path}`, body, secret === undefined ? {} : { 'x-hexroute-secret': secret })
  const answers = await Promise.all([
    post('form'),
    post('form', 'wrong'),
    post('nobody', 's3cret'),
    post('__proto__', ''),
  ])
  for (const answer of answers) expectProblem(answer, 401, 'WRONG_SECRET')
  expect(new Set(answers.map((answer) => answer.body.detail)).size).toBe(1)
  expectProblem(await post('form?token=s3cret', 'wrong'), 401, 'WRONG_SECRET')
  expectProblem(await post('form?token=s3cret&token=s3cret'), 401, 'WRONG_SECRET')
  expect((await post('form?token=s3cret')).status).toBe(202)
  expectProblem(await gateway.post('/webhooks/workflow/form?token=s3cret', '{"a"'), 400, 'UNPARSEABLE_BODY')
})

test('a sane request id is kept, any other replaced', async () => {
  const idFor = async (given: string) =>
    (await gateway.postSigned(lead(), { 'x-request-id': given })).headers.get('x-request-id')
  expect(await idFor('abc-123')).toBe('abc-123')
  expect(await idFor('x'.repeat(65))).toMatch(/^[0-9a-f-]{36}$/)
  expect(await idFor('a b<c>')).toMatch(/^[0-9a-f-]{36}$/)
})

test('bytes that are no HTTP, and bodies cut off in the middle, do not end the process', async () => {
  const send = (text: string) =>
    new Promise<void>((resolve) => {
      const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1', () => socket.end(text))
      // A server that hangs up on a flood resets the connection: that is its right.
      socket
        .on('error', () => undefined)
        .once('close', () => resolve())
        .resume()
    })
  await send('\u0000\u0001\u0002 garbage\r\n\r\n')
  await send('POST /webhooks/ghl HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{"type":')
  await send(`GET / HTTP/1.1\r\nhost: x\r\nlong: ${'x'.repeat(50_000)}\r\n\r\n`)
  expect((await gateway.postSigned(lead())).status).toBe(202)
})

test('other paths are a 404 problem', async () => {
  expectProblem(await gateway.post('/webhooks/other', '{}'), 404, 'NOT_FOUND')
})

test('2,000 bad webhooks cost a handful of log lines, and each is counted', async () => {
  const before = gateway.logLines().length
  const bad = { route: 'ghl', outcome: 'bad-signature' }
  const counted = await gateway.metric('hexroute_ingest_received_total', bad)
  const startedMs = Date.now()
  const sender = async () => {
    for (let sent = 0; sent < 100; sent++) await gateway.post('/webhooks/ghl', '{}', { 'x-ghl-signature': 'wrong' })
  }
  await Promise.all(Array.from({ length: 20 }, sender))
  const seconds = Math.ceil((Date.now() - startedMs) / 1_000) + 1
  expect((await gateway.metric('hexroute_ingest_received_total', bad)) - counted).toBe(2_000)
  expect(gateway.logLines().length - before).toBeLessThanOrEqual(seconds)
})

test('no personal data and no secret is in the log', () => {
  const log = JSON.stringify(gateway.logLines())
  for (const secret of ['dana@example.com', '+14045550142', 's3cret', 'Robert']) expect(log).not.toContain(secret)
})

test('after all that the process lives, and ends in order', async () => {
  expect((await fetch(`${gateway.url}/healthz`)).status).toBe(200)
  expect(await gateway.stop()).toBe(0)
})
