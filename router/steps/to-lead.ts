import { newRequest } from '../../contracts/decision.ts'
import type { Event, Person } from '../../contracts/event.ts'
import { type Gazetteer, locateLead } from '../../decide/geography/locate-lead.ts'
import type { Lead } from '../../decide/lead.ts'
import { derivedUuid } from '../../kernel/derived-uuid.ts'

/** These say that somebody asked; an update of an old contact does not. */
const LEAD_TYPES = new Set(['ContactCreate', 'WorkflowWebhook'])

export const createsLead = (event: Event): boolean =>
  event.parked === null && event.intake && LEAD_TYPES.has(event.type) && event.person !== null

/** The lead's id is derived from its contact: however often and by whichever way it comes, it is the same lead. */
export function toLead(event: Event, gazetteer: Gazetteer): Lead {
  const person = clean(event.person!)
  const contact = event.contactId ?? event.entityId
  const key = `${event.locationId}/${contact ?? event.eventId}`
  return {
    leadId: derivedUuid('lead', event.tenant, key),
    tenant: event.tenant,
    eventId: event.eventId,
    attempt: 1,
    createdAt: event.receivedAt,
    intakeLocationId: event.locationId,
    intakeContactId: contact,
    key,
    person,
    place: locateLead(person, gazetteer),
    request: newRequest,
  }
}

const TEXT_LENGTH_MAX = 500

/** Postgres refuses NUL and lone surrogates in jsonb; no form field needs more than a few hundred characters. */
function clean(person: Person): Person {
  const text = (value: string): string =>
    value.toWellFormed().replaceAll('\0', '').slice(0, TEXT_LENGTH_MAX).toWellFormed()
  const fields = JSON.parse(JSON.stringify(person), (_key, value) => (typeof value === 'string' ? text(value) : value))
  return fields as Person
}
