import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Value } from 'typebox/value'
import { expect, test } from 'vitest'
import { Event } from '../../contracts/event.ts'
import type { Body } from './parse-body.ts'
import type { Organisation } from './to-event.ts'
import { workflowToEvent } from './workflow-to-event.ts'

const INTAKE = 'Lx8Qm2VtR4nK9bYw1sZa'
const source = { tenant: 'agency', secretSha256: '', locationId: INTAKE }
const known: Record<string, { tenant: string; intake: boolean }> = {
  [INTAKE]: { tenant: 'agency', intake: true },
  branch: { tenant: 'agency', intake: false },
  stranger: { tenant: 'other', intake: true },
}
const organisation: Organisation = { location: (id) => known[id], hasTenant: () => false }
const fixture = (name: string): Body =>
  JSON.parse(readFileSync(join(import.meta.dirname, `../../test/fixtures/ghl/workflow/${name}.json`), 'utf8'))

const receive = (body: Body, nowMs = 0, places = organisation) =>
  workflowToEvent({ raw: Buffer.alloc(0), body, requestId: 'r', nowMs }, 'form', source, places)

test.each([
  ['contact-created', 'C7m6GXPPeWngnuEgL12a'],
  ['opportunity-changed', 'TPetdlFTzwklK9DVgMq4'],
  ['appointment-booked', '7qJ6CcicRUlOEWQ5Bjx9'],
  ['contact-tag.captured', 'C7m6GXPPeWngnuEgL12a'],
])('%s becomes a full event about %s', (name, entityId) => {
  const body = fixture(name)
  const { envelope } = receive(body)
  expect([...Value.Errors(Event, { ...envelope, payload: body })]).toEqual([])
  expect(envelope).toMatchObject({
    ...{ tenant: 'agency', locationId: INTAKE, type: 'WorkflowWebhook', origin: 'workflow:form', entityId },
    ...{ contactId: 'C7m6GXPPeWngnuEgL12a', parked: null, intake: true, occurredAt: '1970-01-01T00:00:00.000Z' },
  })
})

test('equal contents have one id whatever the order of their keys; another content has another', () => {
  const body = fixture('contact-created')
  const reversed = Object.fromEntries(Object.entries(body).reverse())
  expect(receive(reversed, 5).envelope.eventId).toBe(receive(body).envelope.eventId)
  expect(receive(body).named).toBe(false)
  expect(receive({ ...body, city: 'Other' }).envelope.eventId).not.toBe(receive(body).envelope.eventId)
})

test('customData.event_id is the identity when the sender gives one', () => {
  const body = fixture('contact-created.with-event-id')
  const first = receive(body)
  expect(first.named).toBe(true)
  expect(receive({ ...body, tags: 'later' }).envelope.eventId).toBe(first.envelope.eventId)
  const other = { ...body, customData: { event_id: 'form-7f3a-0002' } }
  expect(receive(other).envelope.eventId).not.toBe(first.envelope.eventId)
})

test('a source speaks for sub-accounts of its own agency only', () => {
  const from = (id: unknown) => receive({ ...fixture('contact-created'), location: { id } }).envelope
  expect(from('branch')).toMatchObject({ tenant: 'agency', locationId: 'branch', intake: false, parked: null })
  expect(from('stranger')).toMatchObject({ tenant: '_', intake: false, parked: 'unknown-location' })
  expect(from('nowhere')).toMatchObject({ tenant: '_', intake: false, parked: 'unknown-location' })
  expect(from(undefined)).toMatchObject({ locationId: INTAKE, intake: true, parked: null })
})

test('the sub-account that the source declares is an intake until the organisation says otherwise', () => {
  const empty: Organisation = { location: () => undefined, hasTenant: () => false }
  expect(receive(fixture('contact-created'), 0, empty).envelope).toMatchObject({ tenant: 'agency', intake: true })
})
