import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Value } from 'typebox/value'
import { expect, test } from 'vitest'
import { Event } from '../../contracts/event.ts'
import { encodeEvent } from './encode-event.ts'
import { eventTypes } from './event-types.ts'
import { type Body, parseBody } from './parse-body.ts'
import { type Organisation, toEvent } from './to-event.ts'

const FIXTURES = join(import.meta.dirname, '../../test/fixtures/ghl/webhooks')
const APP_ID = '6a11f0c2b7d94e3fa0c51d27'
const LOCATION = 'Lx8Qm2VtR4nK9bYw1sZa'
const AGENCY = 'Cq7Tz3NfH5vJ1kXe8rDu'
const NOW_MS = Date.UTC(2026, 10, 1)

const organisation: Organisation = {
  location: (id) => (id === LOCATION ? { tenant: AGENCY, intake: true } : undefined),
  hasTenant: (tenant) => tenant === AGENCY,
}
const files = readdirSync(FIXTURES).filter((name) => name.endsWith('.json'))
const rawOf = (file: string) => readFileSync(join(FIXTURES, file))
const bodyOf = (file: string): Body => JSON.parse(rawOf(file).toString())

function receive(body: unknown, nowMs = NOW_MS) {
  const raw = Buffer.from(JSON.stringify(body))
  const parsed = parseBody(raw)
  if (parsed.kind !== 'object') throw new Error(parsed.reason)
  return toEvent({ raw, body: parsed.body, requestId: 'request-1', nowMs }, APP_ID, organisation)
}

test('every documented event type becomes a full event', () => {
  const events: Record<string, unknown> = {}
  for (const file of files) {
    const raw = rawOf(file)
    const received = toEvent({ raw, body: bodyOf(file), requestId: 'request-1', nowMs: NOW_MS }, APP_ID, organisation)
    const event: unknown = JSON.parse(Buffer.from(encodeEvent(received!.envelope, raw)).toString())
    expect([...Value.Errors(Event, event)], file).toEqual([])
    const { payload, ...envelope } = event as Event
    expect(payload, file).toEqual(bodyOf(file))
    expect(envelope, file).toMatchObject({ parked: null, tenant: AGENCY, type: bodyOf(file).type })
    events[file] = envelope
  }
  expect(new Set(files.map((file) => bodyOf(file).type))).toEqual(eventTypes)
  expect(events).toEqual(JSON.parse(readFileSync(join(FIXTURES, '../../ingest/events.json'), 'utf8')))
})

test('a well-signed event that is not for us is parked with its reason', () => {
  const contact = bodyOf('ContactCreate.json')
  const parkedOf = (change: Body) => receive({ ...contact, ...change })!.envelope
  expect(parkedOf({})).toMatchObject({ parked: null, intake: true })
  expect(parkedOf({ type: 'Brand<New>' })).toMatchObject({ parked: 'unknown-type', tenant: AGENCY, intake: false })
  expect(parkedOf({ appId: 'other' })).toMatchObject({ parked: 'other-app', tenant: AGENCY, intake: false })
  expect(parkedOf({ locationId: 'elsewhere' })).toMatchObject({
    parked: 'unknown-location',
    tenant: '_',
    intake: false,
  })
  expect(parkedOf({ locationId: undefined })).toMatchObject({ parked: 'unknown-location', locationId: '_' })
  expect(parkedOf({ locationId: { $ne: 1 } })).toMatchObject({ parked: 'unknown-location', locationId: '_' })
})

test('a new sub-account of a known agency belongs to the agency; of an unknown one it is parked', () => {
  const created = bodyOf('LocationCreate.json')
  expect(receive({ ...created, id: 'brandNew' })!.envelope).toMatchObject({ tenant: AGENCY, parked: null })
  expect(receive({ ...created, id: 'brandNew', companyId: 'x' })!.envelope).toMatchObject({
    parked: 'unknown-location',
  })
})

test('a body that names its agency goes to no other one, whoever declared the sub-account', () => {
  const contact = bodyOf('ContactCreate.json')
  expect(receive({ ...contact, companyId: AGENCY })!.envelope).toMatchObject({ tenant: AGENCY, parked: null })
  for (const type of ['ContactCreate', 'LocationUpdate', 'INSTALL'])
    expect(receive({ ...contact, type, companyId: 'another' })!.envelope).toMatchObject({
      ...{ tenant: '_', parked: 'unknown-location', intake: false },
    })
})

test('a body wrapped in data, as the guide prints it, gives the same event as a flat one', () => {
  const { type, timestamp, webhookId, ...data } = bodyOf('ContactCreate.json')
  const wrapped = receive({ type, timestamp, webhookId, data })!
  expect(wrapped).toEqual(receive({ type, timestamp, webhookId, ...data }))
})

test.each([undefined, null, '', 7, {}, 'a\u0000b', 'x'.repeat(129)])('the type %j is not usable', (type) => {
  expect(receive({ ...bodyOf('ContactCreate.json'), type })).toBeNull()
})

test('without a usable webhookId the event id comes from the bytes: equal bytes, equal id', () => {
  const { webhookId: _, ...body } = bodyOf('ContactCreate.json')
  const idOf = (value: Body) => receive(value)!.envelope.eventId
  expect(idOf(body)).toBe(idOf({ ...body }))
  expect(idOf(body)).not.toBe(idOf({ ...body, city: 'Other' }))
  expect(idOf({ ...body, webhookId: 'not a uuid' })).toMatch(/^[0-9a-f-]{36}$/)
  expect(idOf({ ...body, webhookId: 'D99B890F-BCB3-420E-A158-C00FA56A1F05' })).toBe(
    'd99b890f-bcb3-420e-a158-c00fa56a1f05',
  )
})

test('an emission time that cannot be is replaced by our clock', () => {
  const body = bodyOf('ContactCreate.json')
  const timeOf = (timestamp: unknown) => receive({ ...body, timestamp })!
  expect(timeOf('2026-10-12T17:12:00+02:00')).toMatchObject({ envelope: { occurredAt: '2026-10-12T15:12:00.000Z' } })
  expect(timeOf(1_791_818_940)).toMatchObject({ envelope: { occurredAt: '2026-10-12T15:29:00.000Z' } })
  for (const bad of [undefined, null, 'yesterday', {}, -1, '9999-01-01T00:00:00Z', '1970-01-01T00:00:00Z', 1e300]) {
    expect(timeOf(bad), String(bad)).toMatchObject({
      emittedMs: null,
      envelope: { occurredAt: '2026-11-01T00:00:00.000Z' },
    })
  }
})
