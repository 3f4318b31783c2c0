import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { createTestDatabase, startTestNats, type TestBackend, type TestDatabase } from '../support/backends.ts'
import { fixture, type Gateway, startGateway } from '../support/gateway.ts'
import { makeKnown } from '../support/known-bucket.ts'
import { storedEvents } from '../support/stored-events.ts'

const LOCATION = 'Lx8Qm2VtR4nK9bYw1sZa'
const IN_FLIGHT_MAX = 20
let nats: TestBackend
let database: TestDatabase
let gateway: Gateway

beforeAll(async () => {
  ;[nats, database] = await Promise.all([startTestNats(), createTestDatabase()])
  await makeKnown(nats.url, { locations: { [LOCATION]: { tenant: 'agency', intake: true } } })
  gateway = await startGateway({
    NATS_URL: nats.url,
    DATABASE_URL: database.url,
    // Longer than a busy machine takes to bring all the posts of one test to the gateway.
    INGEST_PUBLISH_TIMEOUT_MS: '3000',
    INGEST_IN_FLIGHT_MAX: String(IN_FLIGHT_MAX),
  })
})

afterAll(async () => {
  await gateway?.stop()
  await nats?.stop()
  await database?.drop()
})

const untilReadiness = (status: number) =>
  vi.waitFor(async () => expect((await fetch(`${gateway.url}/readyz`)).status).toBe(status), 20_000)
const lead = () =>
  fixture('webhooks/ContactCreate.json', { webhookId: randomUUID(), timestamp: new Date().toISOString() })

test('an accepted webhook is in the stream, under its tenant, location and type', async () => {
  const body = lead()
  const answer = await gateway.postSigned(body)
  expect(answer).toMatchObject({ status: 202, body: { eventId: body.webhookId, duplicate: false } })
  const stored = (await storedEvents(nats.url)).find(({ eventId }) => eventId === body.webhookId)
  expect(stored).toMatchObject({ subject: `events.agency.${LOCATION}.ContactCreate`, parked: null, intake: true })
  expect(stored?.payload).toEqual(body)
})

test('nats-server killed: 429 with Retry-After at once; back again: the same webhook is accepted and stored once', async () => {
  const body = lead()
  await nats.kill()
  await vi.waitFor(async () => {
    const startedMs = Date.now()
    const refused = await gateway.postSigned(body)
    expect(refused).toMatchObject({ status: 429, body: { code: 'NOT_STORED' } })
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(Date.now() - startedMs).toBeLessThan(400)
  }, 30_000)
  expect((await fetch(`${gateway.url}/healthz`)).status).toBe(200)
  await untilReadiness(503)

  await nats.restart()
  await vi.waitFor(
    async () =>
      expect(await gateway.postSigned(body)).toMatchObject({ status: 202, body: { eventId: body.webhookId } }),
    { timeout: 20_000, interval: 100 },
  )
  const stored = (await storedEvents(nats.url)).filter(({ eventId }) => eventId === body.webhookId)
  expect(stored).toHaveLength(1)
  await untilReadiness(200)
})

test('a frozen nats-server: waits are bounded, more than the bound is refused at once, and nothing is a 5xx', async () => {
  process.kill(nats.pid, 'SIGSTOP')
  const answers = await Promise.all(
    Array.from({ length: IN_FLIGHT_MAX * 3 }, () => gateway.postSigned(lead())),
  ).finally(() => process.kill(nats.pid, 'SIGCONT'))
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([429]))
  const overloaded = answers.filter(({ body }) => body.code === 'OVERLOADED')
  expect(overloaded).toHaveLength(IN_FLIGHT_MAX * 2)
  expect(answers.every(({ headers }) => Number(headers.get('retry-after')) > 0)).toBe(true)
  await vi.waitFor(async () => expect((await gateway.postSigned(lead())).status).toBe(202), 30_000)
})

test('what happens while the gateway is killed under load: every 202 is in the stream', async () => {
  const doomed = await startGateway({ NATS_URL: nats.url, DATABASE_URL: database.url })
  const accepted: unknown[] = []
  const sender = async () => {
    for (;;) {
      const answer = await doomed.postSigned(lead()).catch(() => undefined)
      if (!answer) return
      if (answer.status === 202) accepted.push(answer.body.eventId)
    }
  }
  const senders = Array.from({ length: 8 }, sender)
  await vi.waitFor(() => expect(accepted.length).toBeGreaterThan(100), 20_000)
  await doomed.stop('SIGKILL')
  await Promise.all(senders)
  const stored = new Set((await storedEvents(nats.url)).map(({ eventId }) => eventId))
  expect(accepted.filter((eventId) => !stored.has(eventId as string))).toEqual([])
})

test('SIGTERM under load: nothing in flight is lost or answered 5xx, and the process ends by itself', async () => {
  const leaving = await startGateway({ NATS_URL: nats.url, DATABASE_URL: database.url })
  const statuses: number[] = []
  const accepted: unknown[] = []
  const sender = async () => {
    for (;;) {
      const answer = await leaving.postSigned(lead()).catch(() => undefined)
      if (!answer) return
      statuses.push(answer.status)
      if (answer.status === 202) accepted.push(answer.body.eventId)
    }
  }
  const senders = Array.from({ length: 8 }, sender)
  await vi.waitFor(() => expect(accepted.length).toBeGreaterThan(100), 20_000)
  expect(await leaving.stop('SIGTERM')).toBe(0)
  await Promise.all(senders)
  expect(statuses.filter((status) => status !== 202 && status !== 429)).toEqual([])
  const stored = new Set((await storedEvents(nats.url)).map(({ eventId }) => eventId))
  expect(accepted.filter((eventId) => !stored.has(eventId as string))).toEqual([])
})
