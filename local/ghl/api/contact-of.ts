import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Journal } from '../record/journal.ts'
import type { Contact } from '../record/state.ts'
import type { Access } from './access.ts'
import { badRequest } from './api-error.ts'

/** The contact, if it is of the token's sub-account. @throws as GHL answers otherwise. */
export function contactOf(
  { journal, access }: { journal: Journal; access: Access },
  [request, reply]: [FastifyRequest, FastifyReply],
  contactId: string,
): Contact {
  const locationId = access.location(request, reply)
  const contact = journal.state.contacts.get(contactId)
  if (!contact) throw badRequest(`Contact with id ${contactId} not found`)
  access.own(locationId, contact.locationId)
  return contact
}
