import { randomBytes, randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Event } from '../../contracts/event.ts'
import { encodeEvent } from '../../ingest/steps/encode-event.ts'
import { reconcileToEvent } from '../../ingest/steps/reconcile-to-event.ts'
import { toEvent } from '../../ingest/steps/to-event.ts'
import { derivedSecret } from '../../kernel/derived-secret.ts'
import { createTestDatabase, startTestNats, type TestBackend, type TestDatabase } from '../support/backends.ts'
import { fixture, type Gateway, startGateway } from '../support/gateway.ts'
import { makeKnown } from '../support/known-bucket.ts'
import { MONDAY_NOON_MS, type RoutedAgency, startRoutedAgency } from '../support/routed-agency.ts'
import { storedEvents } from '../support/stored-events.ts'

const LOCATION = 'Lx8Qm2VtR4nK9bYw1sZa'
const HOUR_MS = 3_600_000

describe('the gateway', () => {
  const key = randomBytes(32).toString('base64')
  let nats: TestBackend
  let database: TestDatabase
  let gateway: Gateway

  beforeAll(async () => {
    ;[nats, database] = await Promise.all([startTestNats(), createTestDatabase()])
    await makeKnown(nats.url, { locations: { [LOCATION]: { tenant: 'agency', intake: true } } })
    gateway = await startGateway({ NATS_URL: nats.url, DATABASE_URL: database.url, HEXROUTE_SECRET_KEY: key })
  })
  afterAll(async () => {
    await gateway?.stop()
    await nats?.stop()
    await database?.drop()
  })

  const post = (body: unknown, secret = derivedSecret(key, 'reconcile')) =>
    gateway.post('/webhooks/reconcile', typeof body === 'string' ? body : JSON.stringify(body), {
      'x-hexroute-secret': secret,
    })
  const found = (agoMs: number, change: Record<string, unknown> = {}) => {
    const { webhookId: _, ...body } = fixture('webhooks/ContactCreate.json', {
      id: `c${randomUUID()}`,
      timestamp: new Date(Date.now() - agoMs).toISOString(),
      ...change,
    })
    return body
  }

  test('takes in what reconcile found as the webhook would have been, under an id of the fact', async () => {
    const body = found(HOUR_MS)
    const signed = { ...body, webhookId: randomUUID() }
    const answer = await post(body)
    expect(answer).toMatchObject({ status: 202, body: { duplicate: false } })
    await gateway.postSigned(signed)
    const [ours, theirs] = (await storedEvents(nats.url)).filter(({ entityId }) => entityId === body.id)
    expect(ours).toMatchObject({ origin: 'reconcile', eventId: answer.body.eventId, occurredAt: body.timestamp })
    const { eventId, origin, receivedAt, requestId, payload, ...same } = theirs!
    expect(ours).toMatchObject(same)
    expect(await gateway.metric('hexroute_ingest_received_total', { route: 'reconcile', outcome: 'accepted' })).toBe(1)
  })

  test('the same fact found twice is one event, also hours later; another status of it is another', async () => {
    const recent = found(0)
    const old = found(30 * HOUR_MS)
    for (const body of [recent, old]) {
      const first = await post(body)
      expect(first.body.duplicate).toBe(false)
      // Worded differently by a later search: tags and names move on, the fact does not.
      const again = await post({ ...body, firstName: 'Changed' })
      expect(again.body).toEqual({ eventId: first.body.eventId, duplicate: true })
    }
    const opportunity = found(0, { type: 'OpportunityStatusUpdate', status: 'won' })
    const won = await post(opportunity)
    expect((await post({ ...opportunity, status: 'lost' })).body.eventId).not.toBe(won.body.eventId)
  })

  test('nobody else gets in: 401 without the secret or with another, and no body is read', async () => {
    for (const secret of ['', derivedSecret(key, 'other'), key])
      expect(await post('not even json', secret)).toMatchObject({ status: 401, body: { code: 'WRONG_SECRET' } })
    expect(await post('not even json')).toMatchObject({ status: 400, body: { code: 'UNPARSEABLE_BODY' } })
    expect(await post({ id: 'x' })).toMatchObject({ status: 400, body: { code: 'MISSING_TYPE' } })
  })

  test('without HEXROUTE_SECRET_KEY there is no such door', async () => {
    const closed = await startGateway({ NATS_URL: nats.url, DATABASE_URL: database.url, HEXROUTE_SECRET_KEY: '' })
    try {
      const answer = await closed.post('/webhooks/reconcile', '{}', {
        'x-hexroute-secret': derivedSecret('', 'reconcile'),
      })
      expect(answer).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } })
    } finally {
      await closed.stop()
    }
  })
})

describe('the router', () => {
  let agency: RoutedAgency
  beforeAll(async () => {
    agency = await startRoutedAgency()
    await agency.publish()
  })
  afterAll(() => agency?.stop())

  const known = { location: () => ({ tenant: 'agencyA', intake: true }), hasTenant: () => true }
  const asEvent = (body: Record<string, unknown>, make: typeof toEvent, nowMs: number): Event => {
    const raw = Buffer.from(JSON.stringify(body))
    const { envelope } = make({ raw, body, requestId: 'r', nowMs }, 'app', known)!
    return JSON.parse(Buffer.from(encodeEvent(envelope, raw)).toString())
  }
  const leads = async (contact: string): Promise<number> =>
    (await agency.pool.query('SELECT FROM hexroute.leads WHERE intake_contact_id = $1', [contact])).rowCount ?? 0

  test.each([
    ['a minute', 60_000],
    ['five hours', 5 * HOUR_MS],
    ['three days', 72 * HOUR_MS],
  ])(
    'a webhook that comes %s after reconcile took its contact in makes no second lead, nor the other way round',
    async (_, lateMs) => {
      const createdMs = MONDAY_NOON_MS - HOUR_MS
      for (const order of ['reconcile first', 'webhook first']) {
        const contact = `${order} ${lateMs}`.replaceAll(' ', '-')
        const body = {
          ...{ type: 'ContactCreate', locationId: 'funnel', id: contact, postalCode: '30305', country: 'US' },
          timestamp: new Date(createdMs).toISOString(),
        }
        const late = { ...body, timestamp: new Date(createdMs + 2_000).toISOString(), webhookId: randomUUID() }
        const makers = [
          (nowMs: number) => asEvent(body, reconcileToEvent, nowMs),
          (nowMs: number) => asEvent(late, toEvent, nowMs),
        ]
        if (order === 'webhook first') makers.reverse()
        agency.at(MONDAY_NOON_MS)
        expect(await agency.handle([makers[0]!(MONDAY_NOON_MS)])).toEqual(['acknowledged'])
        agency.at(MONDAY_NOON_MS + lateMs)
        expect(await agency.handle([makers[1]!(MONDAY_NOON_MS + lateMs)])).toEqual(['acknowledged'])
        expect(await leads(contact)).toBe(1)
        expect(await agency.decisions(contact)).toHaveLength(1)
      }
    },
  )
})
