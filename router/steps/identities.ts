import { createHash } from 'node:crypto'
import { type CountryCode, isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js/min'
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

/** Area code and exchange of North America begin with 2 to 9. */
const NORTH_AMERICAN = /^(?:\+?1)?([2-9]\d{2}[2-9]\d{6})$/

/** Only numbers that can be dialled: fillers such as 000-0000 would make strangers one person. */
function e164(phone: string | null | undefined, country: string | null | undefined): string | null {
  if (!phone) return null
  const code = country?.trim().toUpperCase()
  const region: CountryCode = code && isSupportedCountry(code) ? code : 'US'
  // Nearly all of them, at a twentieth of the library's time.
  const plain = region === 'US' || region === 'CA' ? NORTH_AMERICAN.exec(phone.replace(/[ ().-]/g, ''))?.[1] : undefined
  if (plain) return `+1${plain}`
  const parsed = parsePhoneNumberFromString(phone, region)
  return parsed?.isValid() ? parsed.number : null
}

function mailbox(email: string | null | undefined): string | null {
  const text = email?.trim().toLowerCase()
  return text && /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text) ? text : null
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
