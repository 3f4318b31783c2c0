import type { Person } from '../../contracts/event.ts'
import type { Body } from './parse-body.ts'
import { cleaned, degrees, object, text } from './read-fields.ts'
import { workflowStandardKeys } from './workflow-standard-keys.ts'

/**
 * A contact as marketplace webhooks write it: camelCase, custom fields as `[{id, value}]`. Every property is written out:
 * spreads amid an object of this size cost V8 19 microseconds, more than all the rest of the event.
 */
export function readPerson(contact: Body): Person {
  // Built from entries, not by assignment: a field named __proto__ stays a field.
  const fields = Object.fromEntries(readCustomFields(contact.customFields))
  const customFields = contact.customData === undefined ? fields : { ...fields, ...readRecord(contact.customData) }
  const { firstName, lastName } = readName(contact.firstName, contact.lastName, contact.name)
  const { latitude, longitude } = readCoordinates(customFields)
  return {
    firstName,
    lastName,
    email: text(contact.email),
    phone: text(contact.phone),
    address: text(contact.address1),
    city: text(contact.city),
    state: text(contact.state),
    postalCode: text(contact.postalCode),
    country: text(contact.country),
    latitude,
    longitude,
    source: text(contact.source),
    campaign: readCampaign(contact),
    dnd: flag(contact.dnd),
    tags: readTags(contact.tags),
    customFields,
  }
}

/** A contact as the workflow action writes it: snake_case, tags in one text, custom fields under their labels. */
export function readWorkflowPerson(body: Body): Person {
  const labelled = Object.fromEntries(Object.entries(body).filter(([key]) => !workflowStandardKeys.has(key)))
  const customFields = { ...readRecord(labelled), ...readRecord(body.customData) }
  const { firstName, lastName } = readName(body.first_name, body.last_name, body.full_name)
  const { latitude, longitude } = readCoordinates(customFields)
  return {
    firstName,
    lastName,
    email: text(body.email),
    phone: text(body.phone),
    address: text(body.address1),
    city: text(body.city),
    state: text(body.state),
    postalCode: text(body.postal_code),
    country: text(body.country),
    latitude,
    longitude,
    source: text(body.contact_source),
    campaign: readCampaign(body) ?? readCampaign(object(body.contact)) ?? text(object(body.customData).campaign),
    dnd: flag(body.dnd),
    tags: readTags(body.tags),
    customFields,
  }
}

function readName(first: unknown, last: unknown, full: unknown): Pick<Person, 'firstName' | 'lastName'> {
  const firstName = text(first)
  const lastName = text(last)
  if (firstName !== null || lastName !== null) return { firstName, lastName }
  const [head = null, ...rest] = text(full)?.split(/\s+/) ?? []
  return { firstName: head, lastName: rest.join(' ') || null }
}

/** The last ad before the form says more about this enquiry than the first. */
function readCampaign({ attributionSource, lastAttributionSource }: Body): string | null {
  for (const source of [object(lastAttributionSource), object(attributionSource)]) {
    const campaign = text(source.utmCampaign) ?? text(source.campaign)
    if (campaign !== null) return campaign
  }
  return null
}

/** Forms and workflows write booleans as texts too. */
function flag(value: unknown): boolean | null {
  if (typeof value === 'boolean') return value
  if (typeof value !== 'string') return null
  return /^(true|yes|1)$/i.test(value.trim()) ? true : /^(false|no|0)$/i.test(value.trim()) ? false : null
}

function readTags(value: unknown): string[] {
  const tags = typeof value === 'string' ? value.split(',') : Array.isArray(value) ? value : []
  return tags.map(text).filter((tag) => tag !== null)
}

function readCustomFields(value: unknown): [string, unknown][] {
  const entries: [string, unknown][] = []
  for (const item of Array.isArray(value) ? value : []) {
    const field = object(item)
    const name = text(field.key) ?? text(field.fieldKey) ?? text(field.name) ?? text(field.id)
    if (name !== null) entries.push([name, cleaned(field.value ?? null)])
  }
  return entries
}

const readRecord = (value: unknown): Record<string, unknown> => object(cleaned(object(value)))

/** `latitude` and `longitude`, also as the platform's field key `contact.latitude`; one without the other is none. */
function readCoordinates(fields: Record<string, unknown>): Pick<Person, 'latitude' | 'longitude'> {
  let latitude: number | null = null
  let longitude: number | null = null
  for (const [key, value] of Object.entries(fields)) {
    const name = key.toLowerCase().replace(/^contact\./, '')
    if (name === 'latitude') latitude ??= degrees(value, 90)
    if (name === 'longitude') longitude ??= degrees(value, 180)
  }
  return latitude === null || longitude === null ? { latitude: null, longitude: null } : { latitude, longitude }
}
