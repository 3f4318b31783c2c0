import { Compile } from 'typebox/compile'
import { Event } from '../../../contracts/event.ts'
import { e164, mailbox } from '../../../decide/contact-details.ts'
import type { Sought } from './sought.ts'

export type EventMatch = {
  /** null: not an event that any stage could read. */
  eventId: string | null
  /** Known from this event to be a contact of the person. */
  contact: string | null
}

const shape = Compile(Event)

/** Is this message of EVENTS, or of a dead letter, about the person? By contact, by e-mail or phone, or by naming either. */
export function matchEvent(text: string, sought: Sought): EventMatch | null {
  const event = parse(text)
  if (event === null) return namesDetails(text, sought) ? { eventId: null, contact: null } : null
  const { locationId, contactId, entityId, person } = event
  const isPerson =
    person !== null &&
    (has(sought.emails, mailbox(person.email)) || has(sought.phones, e164(person.phone, person.country)))
  const contact = isPerson && contactId !== null ? `${locationId}/${contactId}` : null
  const isContact = [contactId, entityId].some((id) => id !== null && sought.contacts.has(`${locationId}/${id}`))
  return isPerson || isContact || namesDetails(text, sought) ? { eventId: event.eventId, contact } : null
}

function parse(text: string): Event | null {
  try {
    const event = JSON.parse(text) as unknown
    return shape.Check(event) ? event : null
  } catch {
    return null
  }
}

const has = (set: ReadonlySet<string>, value: string | null): boolean => value !== null && set.has(value)

/** Anywhere in the message: what the person or somebody else wrote. */
export function namesDetails(text: string, { emails, phones }: Sought): boolean {
  const lower = text.toLowerCase()
  return [...emails, ...phones].some((detail) => lower.includes(detail))
}
