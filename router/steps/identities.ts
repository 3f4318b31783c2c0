import { createHash } from 'node:crypto'
import { e164, mailbox } from '../../decide/contact-details.ts'
import type { Lead } from '../../decide/lead.ts'

export const identityKinds = ['contact', 'phone', 'email'] as const
/** Strongest first in every list: a contact id is one person, an e-mail may be a family's. */
export type Identity = { kind: (typeof identityKinds)[number]; value: string }

/** How this person may be recognised: contact id in the clear, phone and e-mail as sha256 in hexadecimal. */
export function identitiesOf({ intakeLocationId, intakeContactId, person, place }: Lead): Identity[] {
  const known = remembered(person) ?? remember(person, personal(person, place.country ?? person.country))
  if (!intakeContactId) return known
  return [{ kind: 'contact', value: `${intakeLocationId}/${intakeContactId}` }, ...known]
}

/**
 * A lead is asked three times on its way, and reading a phone number is the dearest part of recognising it. Not enumerable:
 * a copy of the person does not carry it.
 */
const IDENTITIES = Symbol('identities')
const remembered = (person: Lead['person'] & { [IDENTITIES]?: Identity[] }): Identity[] | undefined =>
  person[IDENTITIES]

function remember(person: Lead['person'], identities: Identity[]): Identity[] {
  Object.defineProperty(person, IDENTITIES, { value: identities })
  return identities
}

function personal({ phone, email }: Lead['person'], country: string | null | undefined): Identity[] {
  const number = e164(phone, country)
  const address = mailbox(email)
  return [
    ...(number ? [{ kind: 'phone' as const, value: sha256(number) }] : []),
    ...(address ? [{ kind: 'email' as const, value: sha256(address) }] : []),
  ]
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

/**
 * What stands in the identities for a contact whose person was erased: enough for the next enquiry of that contact to be a
 * lead of its own, under an id of its own. `directory/erasure/stores/erasure-store.ts` writes the same.
 */
export const erasedContact = (value: string): Identity => ({ kind: 'contact', value: `erased:${sha256(value)}` })
