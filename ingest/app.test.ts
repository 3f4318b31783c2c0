import { generateKeyPairSync, sign } from 'node:crypto'
import fc from 'fast-check'
import { pino } from 'pino'
import { expect, test, vi } from 'vitest'
import { createMetrics } from '../kernel/metrics.ts'
import { buildApp } from './app.ts'
import type { IngestDeps } from './ingest-deps.ts'
import { readPublicKeys } from './steps/verify-signature.ts'

const { privateKey, publicKey } = generateKeyPairSync('ed25519')
const publicKeys = readPublicKeys(publicKey.export({ type: 'spki', format: 'pem' }).toString())
const contact = { type: 'ContactCreate', locationId: 'intake', appId: 'app', timestamp: '2026-11-22T12:00:00.000Z' }

function build(change: Partial<IngestDeps> = {}) {
  return buildApp({
    publish: async () => ({ kind: 'stored', duplicate: false }),
    seen: { has: async () => false, add: () => undefined },
    known: {
      location: (id) => (id === 'intake' ? { tenant: 'agency', intake: true } : undefined),
      source: () => undefined,
      hasTenant: () => false,
      ready: () => true,
    },
    publicKeys,
    appId: 'app',
    reconcileSecretSha256: null,
    inFlightMax: 10,
    connectionsMax: 10,
    eventLoopDelayMsMax: 1_000,
    checks: {},
    clock: () => Date.parse('2026-11-22T12:00:01.000Z'),
    metrics: createMetrics('test'),
    log: pino({ level: 'silent' }),
    ...change,
  })
}

type App = Awaited<ReturnType<typeof build>>

function postSigned(app: App, body: Buffer) {
  const headers = { 'x-ghl-signature': sign(null, body, privateKey).toString('base64') }
  return app.inject({ method: 'POST', url: '/webhooks/ghl', headers, payload: body })
}
const bytes = (value: unknown) => Buffer.from(JSON.stringify(value))

test('no 202 before the acknowledgement', async () => {
  let acknowledge = () => {}
  const acknowledged = new Promise<void>((resolve) => {
    acknowledge = resolve
  })
  const app = await build({
    publish: async () => {
      await acknowledged
      return { kind: 'stored', duplicate: false }
    },
  })
  let answered = false
  const answer = postSigned(app, bytes(contact)).then((response) => {
    answered = true
    return response
  })
  await new Promise((resolve) => setImmediate(resolve))
  expect(answered).toBe(false)
  acknowledge()
  expect((await answer).statusCode).toBe(202)
})

const fault = () => {
  throw new TypeError('secret of the house')
}
test.each<[string, Partial<IngestDeps>]>([
  ['publishing', { publish: fault }],
  ['the organisation', { known: { location: fault, source: fault, hasTenant: fault, ready: () => true } }],
  ['the clock, which the log of faults needs too', { clock: fault }],
])('a fault nobody foresaw in %s is 429 with Retry-After, without its text', async (_what, change) => {
  const answer = await postSigned(await build(change), bytes(contact))
  expect(answer.json()).toMatchObject({ status: 429, code: expect.stringMatching(/UNFORESEEN|NOT_STORED/) })
  expect(answer.statusCode).toBe(429)
  expect(answer.headers['retry-after']).toBeDefined()
  expect(answer.body).not.toContain('secret of the house')
})

test('until the organisation was read, webhooks are put off and not parked', async () => {
  const publish = vi.fn()
  const known = { location: () => undefined, source: () => undefined, hasTenant: () => false, ready: () => false }
  const app = await build({ publish, known })
  const answer = await postSigned(app, bytes(contact))
  expect(answer.json()).toMatchObject({ status: 429, code: 'NOT_READY' })
  expect(answer.headers['retry-after']).toBeDefined()
  expect(publish).not.toHaveBeenCalled()
})

test('while the event loop is late, webhooks are put off, and health still answers', async () => {
  const app = await build({ eventLoopDelayMsMax: 1 })
  await app.ready()
  await vi.waitFor(
    async () => {
      const until = performance.now() + 60
      while (performance.now() < until);
      const answer = await postSigned(app, bytes(contact))
      expect(answer.json()).toMatchObject({ status: 429, code: 'OVERLOADED' })
      expect(answer.headers['retry-after']).toBeDefined()
    },
    { timeout: 5_000, interval: 5 },
  )
  expect((await app.inject('/healthz')).statusCode).toBe(200)
})

test('an event that the message broker could never take is 413, not a retry for ever', async () => {
  const app = await build({ publish: async () => ({ kind: 'too-large' }) })
  expect((await postSigned(app, bytes(contact))).json()).toMatchObject({ status: 413, code: 'BODY_TOO_LARGE' })
})

test('arbitrary signed bytes and bodies get 202 or 400, never a fault', async () => {
  const app = await build()
  const keys = [
    'type',
    'locationId',
    'appId',
    'timestamp',
    'webhookId',
    'id',
    'data',
    'customFields',
    'tags',
    'appointment',
  ]
  const anyBody = fc.dictionary(fc.oneof(fc.constantFrom(...keys), fc.string()), fc.jsonValue()).map(bytes)
  const likely = fc.dictionary(fc.constantFrom(...keys), fc.jsonValue()).map((body) => bytes({ ...contact, ...body }))
  const anything = fc.oneof(
    fc.uint8Array().map((array) => Buffer.from(array)),
    anyBody,
    likely,
  )
  await fc.assert(
    fc.asyncProperty(anything, async (body) => {
      expect([202, 400]).toContain((await postSigned(app, body)).statusCode)
    }),
    { numRuns: 500 },
  )
})
