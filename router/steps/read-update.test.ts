import { expect, it } from 'vitest'
import type { Event, Person } from '../../contracts/event.ts'
import { readUpdate } from './read-update.ts'

const event = (fields: Partial<Event> = {}): Event => ({
  ...{ eventId: 'e', tenant: 'T', locationId: 'funnel', type: 'ContactUpdate', origin: 'ghl', entityId: 'c1' },
  ...{ contactId: 'c1', occurredAt: '2026-03-01T00:00:00.000Z', receivedAt: '2026-03-01T00:00:01.000Z' },
  ...{ parked: null, intake: true, requestId: 'r', payload: {} },
  person: { city: 'Bould\0er', tags: [], customFields: {} } as unknown as Person,
  ...fields,
})

it('an update of an intake contact tells what is new about the person, by when it was said', () => {
  expect(readUpdate(event())).toEqual({
    tenant: 'T',
    contact: 'funnel/c1',
    person: { city: 'Boulder', tags: [], customFields: {} },
    at: '2026-03-01T00:00:00.000Z',
  })
})

it('our own write echoed back by a location, a new contact and what is parked are no updates', () => {
  for (const fields of [
    { intake: false },
    { type: 'ContactCreate' },
    { parked: 'unknown-type' },
    { person: null },
  ] as const)
    expect(readUpdate(event(fields))).toBe(null)
})
