import type { Event, Person } from '../../contracts/event.ts'
import { cleanPerson } from './clean-person.ts'

/** What an event says about a contact of an intake sub-account who may be a lead. */
export type ReadUpdate = {
  tenant: string
  /** `<intake location>/<contact id>`, as in the identities of a lead. */
  contact: string
  person: Person
  at: string
}

const UPDATE_TYPES = new Set(['ContactUpdate', 'ContactDndUpdate', 'ContactTagUpdate'])

/** An update makes no lead: it may be of somebody who has been a contact for years. */
export function readUpdate(event: Event): ReadUpdate | null {
  const { parked, intake, contactId, person, type } = event
  if (parked !== null || !intake || contactId === null || person === null || !UPDATE_TYPES.has(type)) return null
  return {
    tenant: event.tenant,
    contact: `${event.locationId}/${contactId}`,
    person: cleanPerson(person),
    at: event.occurredAt,
  }
}
