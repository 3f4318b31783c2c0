import { newRequest } from '../../contracts/decision.ts'
import type { Event } from '../../contracts/event.ts'
import { type Gazetteer, locateLead } from '../../decide/geography/locate-lead.ts'
import type { Lead } from '../../decide/lead.ts'
import { derivedUuid } from '../../kernel/derived-uuid.ts'
import { cleanPerson } from './clean-person.ts'

/** These say that somebody asked; an update of an old contact does not. */
const LEAD_TYPES = new Set(['ContactCreate', 'WorkflowWebhook'])

export const createsLead = (event: Event): boolean =>
  event.parked === null && event.intake && LEAD_TYPES.has(event.type) && event.person !== null

/** The lead's id is derived from its contact: however often and by whichever way it comes, it is the same lead. */
export function toLead(event: Event, gazetteer: Gazetteer): Lead {
  const person = cleanPerson(event.person!)
  const contact = event.contactId ?? event.entityId
  const key = `${event.locationId}/${contact ?? event.eventId}`
  return {
    leadId: derivedUuid('lead', event.tenant, key),
    tenant: event.tenant,
    eventId: event.eventId,
    attempt: 1,
    createdAt: event.receivedAt,
    askedAt: event.occurredAt,
    intakeLocationId: event.locationId,
    intakeContactId: contact,
    key,
    person,
    place: locateLead(person, gazetteer),
    request: newRequest,
  }
}
