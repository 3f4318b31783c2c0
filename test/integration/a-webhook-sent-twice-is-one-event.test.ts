import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { purge } from '../../ingest/stores/seen-events.ts'
import { createTestDatabase, startTestNats, type TestBackend, type TestDatabase } from '../support/backends.ts'
import { fixture, type Gateway, startGateway } from '../support/gateway.ts'
import { makeKnown } from '../support/known-bucket.ts'
import { storedEvents } from '../support/stored-events.ts'

const LOCATION = 'Lx8Qm2VtR4nK9bYw1sZa'
const HOUR_MS = 3_600_000
let nats: TestBackend
let database: TestDatabase
let gateway: Gateway
let postgres: pg.Client

beforeAll(async () => {
  ;[nats, database] = await Promise.all([startTestNats(), createTestDatabase()])
  postgres = new pg.Client({ connectionString: database.url })
  await postgres.connect()
  await makeKnown(nats.url, {
    locations: { [LOCATION]: { tenant: 'agency', intake: true } },
    sources: { form: { tenant: 'agency', locationId: LOCATION, secret: 's3cret' } },
  })
  gateway = await startGateway({ NATS_URL: nats.url, DATABASE_URL: database.url })
})

afterAll(async () => {
  await gateway?.stop()
  await postgres?.end()
  await nats?.stop()
  await database?.drop()
})

const lead = (emittedAgoMs: number, change: Record<string, unknown> = {}) =>
  fixture('webhooks/ContactCreate.json', {
    webhookId: randomUUID(),
    timestamp: new Date(Date.now() - emittedAgoMs).toISOString(),
    ...change,
  })
const storedTimes = async (eventId: unknown) =>
  (await storedEvents(nats.url)).filter((event) => event.eventId === eventId).length
const remembered = async (eventId: unknown) =>
  (await postgres.query('SELECT FROM hexroute.seen_events WHERE event_id = $1', [eventId])).rowCount === 1

test('the same webhook ten times at once is one event, accepted once and nine times a duplicate', async () => {
  const body = lead(0)
  const answers = await Promise.all(Array.from({ length: 10 }, () => gateway.postSigned(body)))
  expect(answers.every(({ status, body: { eventId } }) => status === 202 && eventId === body.webhookId)).toBe(true)
  expect(answers.filter(({ body: { duplicate } }) => duplicate === false)).toHaveLength(1)
  expect(await storedTimes(body.webhookId)).toBe(1)
})

test('an accepted webhook is remembered in Postgres, behind the answer', async () => {
  const body = lead(0)
  await gateway.postSigned(body)
  await vi.waitFor(async () => expect(await remembered(body.webhookId)).toBe(true), 20_000)
})

test('a resend of days ago, which JetStream has forgotten, is known from Postgres and not stored again', async () => {
  const body = lead(5 * 24 * HOUR_MS)
  await postgres.query(`INSERT INTO hexroute.seen_events VALUES ($1, now() - interval '5 days')`, [body.webhookId])
  expect(await gateway.postSigned(body)).toMatchObject({ status: 202, body: { duplicate: true } })
  expect(await storedTimes(body.webhookId)).toBe(0)
})

test('a webhook that arrives days late for the first time is stored', async () => {
  const body = lead(5 * 24 * HOUR_MS)
  expect(await gateway.postSigned(body)).toMatchObject({ status: 202, body: { duplicate: false } })
  expect(await storedTimes(body.webhookId)).toBe(1)
})

test('a memory older than 7 days does not count', async () => {
  const body = lead(8 * 24 * HOUR_MS)
  await postgres.query(`INSERT INTO hexroute.seen_events VALUES ($1, now() - interval '8 days')`, [body.webhookId])
  expect(await gateway.postSigned(body)).toMatchObject({ status: 202, body: { duplicate: false } })
})

test('the purge deletes what is older than 7 days, however much, and nothing else', async () => {
  const pool = new pg.Pool({ connectionString: database.url })
  const young = randomUUID()
  await pool.query(
    `INSERT INTO hexroute.seen_events SELECT gen_random_uuid(), now() - interval '8 days' FROM generate_series(1, 5000)`,
  )
  await pool.query(`INSERT INTO hexroute.seen_events VALUES ($1, now() - interval '6 days')`, [young])
  await purge(pool, pino({ level: 'silent' }))
  const { rows } = await pool.query(
    `SELECT count(*) FROM hexroute.seen_events WHERE seen_at < now() - interval '7 days'`,
  )
  expect(Number(rows[0].count)).toBe(0)
  expect(await remembered(young)).toBe(true)
  await pool.end()
})

test('a fresh webhook never waits for Postgres: the memory is not asked about it', async () => {
  const body = lead(HOUR_MS)
  await postgres.query('INSERT INTO hexroute.seen_events VALUES ($1, now())', [body.webhookId])
  expect(await gateway.postSigned(body)).toMatchObject({ status: 202, body: { duplicate: false } })
})

test('a parked webhook is acted on when it is sent again after its sub-account was made known', async () => {
  const body = lead(0, { locationId: 'newBranch' })
  expect((await gateway.postSigned(body)).body).toMatchObject({ duplicate: false })
  await makeKnown(nats.url, { locations: { newBranch: { tenant: 'agency', intake: true } } })
  await vi.waitFor(async () => {
    await gateway.postSigned(body)
    const events = (await storedEvents(nats.url)).filter(({ eventId }) => eventId === body.webhookId)
    expect(events.map(({ tenant, parked }) => [tenant, parked])).toEqual([
      ['_', 'unknown-location'],
      ['agency', null],
    ])
  }, 20_000)
})

test('a workflow body sent twice is one event, by its own event id or by its content', async () => {
  const post = (name: string, change: object = {}) =>
    gateway.post('/webhooks/workflow/form', JSON.stringify(fixture(`workflow/${name}.json`, { ...change })), {
      'x-hexroute-secret': 's3cret',
    })
  const named = await post('contact-created.with-event-id')
  expect(named).toMatchObject({ status: 202, body: { duplicate: false } })
  expect((await post('contact-created.with-event-id', { tags: 'other' })).body).toEqual({
    ...named.body,
    duplicate: true,
  })
  const plain = await post('contact-created')
  expect(plain).toMatchObject({ status: 202, body: { duplicate: false } })
  expect((await post('contact-created')).body).toEqual({ ...plain.body, duplicate: true })
  expect((await post('contact-created', { city: 'Decatur' })).body.duplicate).toBe(false)
  await vi.waitFor(async () => expect(await remembered(named.body.eventId)).toBe(true), 20_000)
  expect(await remembered(plain.body.eventId)).toBe(false)
})

test('without Postgres every webhook is still accepted, late ones within their bounded wait', async () => {
  const blind = await startGateway({ NATS_URL: nats.url, DATABASE_URL: 'postgres://nobody:x@127.0.0.1:1/none' })
  try {
    const fresh = lead(0)
    const late = lead(3 * 24 * HOUR_MS)
    expect(await blind.postSigned(fresh)).toMatchObject({ status: 202, body: { duplicate: false } })
    const startedMs = Date.now()
    expect(await blind.postSigned(late)).toMatchObject({ status: 202, body: { duplicate: false } })
    expect(Date.now() - startedMs).toBeLessThan(1_500)
    expect(await blind.metric('hexroute_ingest_seen_unanswered_total')).toBe(1)
    expect((await fetch(`${blind.url}/readyz`)).status).toBe(200)
  } finally {
    expect(await blind.stop()).toBe(0)
  }
})

test('what was accepted just before a stop is remembered', async () => {
  const leaving = await startGateway({ NATS_URL: nats.url, DATABASE_URL: database.url })
  const last = lead(0)
  await leaving.postSigned(last)
  expect(await leaving.stop()).toBe(0)
  expect(await remembered(last.webhookId)).toBe(true)
})
