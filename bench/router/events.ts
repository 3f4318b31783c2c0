import { randomUUID } from 'node:crypto'
import type { Event } from '../../contracts/event.ts'
import { benchLeads } from '../decide/organisation.ts'

/** Nobody asks twice: every person of a run has his own number. */
let people = 0

/** The envelopes that the gateway would publish for so many leads, each with the coordinates of a point near a town. */
export function benchEvents(count: number): Event[] {
  return benchLeads(count).map(({ person, place }) => {
    people += 1
    const now = new Date().toISOString()
    const contactId = `c${people}`
    return {
      eventId: randomUUID(),
      tenant: 'bench',
      locationId: 'funnel',
      type: 'ContactCreate',
      origin: 'ghl',
      entityId: contactId,
      contactId,
      occurredAt: now,
      receivedAt: now,
      parked: null,
      intake: true,
      requestId: randomUUID(),
      person: {
        ...person,
        email: `${contactId}@example.com`,
        phone: `+1404${String(2_000_000 + people).padStart(7, '0')}`,
        latitude: place.latitude,
        longitude: place.longitude,
      },
      payload: { type: 'ContactCreate', locationId: 'funnel', id: contactId },
    }
  })
}
