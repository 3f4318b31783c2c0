import { type CountryCode, isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js/min'
import type { ContactBody } from '../../ghl/steps/ghl-bodies.ts'
import type { Lead } from './lead.ts'
import { leadMarker } from './lead-marker.ts'
import { leadTags } from './lead-tags.ts'

/** A contact that is made gets all in one call; tags are safe there, as it has none that could be lost. */
export type NewContact = ContactBody & { tags: string[]; customFields?: { id: string; field_value: string }[] }

export type OwnMarks = {
  /** GHL's id of the user. */
  owner: string | undefined
  /** GHL's id of the sub-account's field for our lead id. */
  leadIdFieldId: string | null
}

const TEXT_MAX = 200

/**
 * The contact to create. An e-mail or phone that cannot be one is left out: GHL answers it with 422, and a lead with a
 * mistyped phone is worth more in the location than in the dead letters.
 */
export function contactBody(lead: Lead, locationId: string, { owner, leadIdFieldId }: OwnMarks): NewContact {
  const { person, leadId } = lead
  const country = countryOf(lead)
  const optional = {
    firstName: text(person.firstName),
    lastName: text(person.lastName),
    email: email(person.email),
    phone: phone(person.phone, country),
    address1: text(person.address),
    city: text(person.city),
    state: text(person.state),
    postalCode: text(person.postalCode),
    country,
    assignedTo: owner,
    customFields: leadIdFieldId === null ? undefined : [{ id: leadIdFieldId, field_value: leadId }],
  }
  const present = Object.entries(optional).filter(([, value]) => value !== undefined)
  return { locationId, source: leadMarker(leadId), tags: leadTags(lead), ...Object.fromEntries(present) }
}
function text(value: string | null): string | undefined {
  const trimmed = value?.trim().slice(0, TEXT_MAX)
  return trimmed || undefined
}

function email(value: string | null): string | undefined {
  const trimmed = value?.trim().toLowerCase()
  return trimmed && trimmed.length <= 254 && /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(trimmed) ? trimmed : undefined
}

function phone(value: string | null, country: string | undefined): string | undefined {
  if (!value) return undefined
  const region: CountryCode = country && isSupportedCountry(country) ? country : 'US'
  const parsed = parsePhoneNumberFromString(value, region)
  return parsed?.isPossible() ? parsed.number : undefined
}

/** GHL takes ISO 3166 two-letter codes only. */
function countryOf({ country, person }: Lead): string | undefined {
  const code = (country ?? person.country)?.trim().toUpperCase()
  return code && /^[A-Z]{2}$/.test(code) ? code : undefined
}
