import { createHash } from 'node:crypto'
import { type CountryCode, isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js/min'
import type { Lead } from '../../decide/lead.ts'

export const identityKinds = ['contact', 'phone', 'email'] as const
/** Strongest first in every list: a contact id is one person, an e-mail may be a family's. */
export type Identity = { kind: (typeof identityKinds)[number]; value: string }

/** How this person may be recognised: contact id in the clear, phone and e-mail as sha256 in hexadecimal. */
export function identitiesOf({ intakeLocationId, intakeContactId, person, place }: Lead): Identity[] {
  const phone = e164(person.phone, place.country ?? person.country)
  const email = mailbox(person.email)
  return [
    ...(intakeContactId ? [{ kind: 'contact' as const, value: `${intakeLocationId}/${intakeContactId}` }] : []),
    ...(phone ? [{ kind: 'phone' as const, value: sha256(phone) }] : []),
    ...(email ? [{ kind: 'email' as const, value: sha256(email) }] : []),
  ]
}

/** Only numbers that can be dialled: fillers such as 000-0000 would make strangers one person. */
function e164(phone: string | null | undefined, country: string | null | undefined): string | null {
  if (!phone) return null
  const code = country?.trim().toUpperCase()
  const region: CountryCode = code && isSupportedCountry(code) ? code : 'US'
  const parsed = parsePhoneNumberFromString(phone, region)
  return parsed?.isValid() ? parsed.number : null
}

function mailbox(email: string | null | undefined): string | null {
  const text = email?.trim().toLowerCase()
  return text && /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text) ? text : null
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
