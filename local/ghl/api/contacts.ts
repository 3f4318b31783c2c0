import { entityId } from '../people/draw.ts'
import type { Journal } from '../record/journal.ts'
import type { Contact, State } from '../record/state.ts'
import { contactFields, hookOf, type Sending } from '../webhooks/bodies.ts'
import type { ContactWrite } from './contact-schema.ts'

export type Match = { contact: Contact; field: 'email' | 'phone' }

/** GHL's rule where duplicates are not allowed: e-mail first, then phone, within the sub-account. */
export function findDuplicate(
  state: State,
  locationId: string,
  of: { email?: unknown; phone?: unknown },
): Match | undefined {
  for (const field of ['email', 'phone'] as const) {
    const value = field === 'email' ? lower(of.email) : normalPhone(of.phone)
    const id = value ? state.contactKeys.get(`${locationId} ${value}`) : undefined
    const contact = id ? state.contacts.get(id) : undefined
    if (contact) return { contact, field }
  }
  return undefined
}

export function newContact(sending: Sending, journal: Journal, locationId: string, write: ContactWrite): Contact {
  const at = new Date(sending.now()).toISOString()
  const { contacts } = journal.state
  const key = lower(write.email) || normalPhone(write.phone) || `${contacts.size}`
  const first = entityId(sending.seed, 'contact', locationId, key)
  return {
    id: contacts.has(first) ? entityId(sending.seed, 'contact', locationId, key, contacts.size) : first,
    locationId,
    madeBy: 'api',
    dateAdded: at,
    dateUpdated: at,
    tags: tidyTags(write.tags ?? []),
    customFields: customFields(write, []),
    fields: writtenFields(write),
  }
}

/** `tags` overwrites all tags; custom fields are merged by id; what is not named stays. */
export function changedContact(sending: Sending, contact: Contact, write: ContactWrite): Contact {
  return {
    ...contact,
    dateUpdated: new Date(sending.now()).toISOString(),
    tags: write.tags ? tidyTags(write.tags) : contact.tags,
    customFields: customFields(write, contact.customFields),
    fields: { ...contact.fields, ...writtenFields(write) },
  }
}

/** The webhook that our own write fires in the target sub-account. */
export const contactEcho = (sending: Sending, type: string, contact: Contact, key: string) =>
  hookOf(
    sending,
    { type, locationId: contact.locationId, kind: 'echo', key: `${contact.id} ${key}` },
    contactFields(contact),
  )

/** GHL keeps tags in lower case, each once. */
export const tidyTags = (tags: string[]): string[] => [...new Set(tags.map((tag) => tag.trim().toLowerCase()))]

export function contactView(contact: Contact): Record<string, unknown> {
  const { attributionSource: _, ...fields } = contact.fields
  const { firstName, lastName, email } = fields
  const fullName = [firstName, lastName].filter(Boolean).join(' ')
  return {
    id: contact.id,
    locationId: contact.locationId,
    ...fields,
    type: 'lead',
    tags: contact.tags,
    customFields: contact.customFields.map(({ id, value }) => ({ id, value: String(value ?? '') })),
    dateAdded: contact.dateAdded,
    dateUpdated: contact.dateUpdated,
    ...(email ? { emailLowerCase: lower(email) } : {}),
    ...(firstName ? { firstNameLowerCase: lower(firstName) } : {}),
    ...(lastName ? { lastNameLowerCase: lower(lastName) } : {}),
    ...(fullName ? { fullNameLowerCase: lower(fullName) } : {}),
  }
}

function writtenFields(write: ContactWrite): Record<string, unknown> {
  const { tags: _tags, customFields: _customFields, name, ...rest } = write
  const [firstName, ...others] = name ? name.trim().split(/\s+/) : []
  const lastName = others.length > 0 ? others.join(' ') : undefined
  const written: Record<string, unknown> = { firstName, lastName, ...rest }
  if ('phone' in written) written.phone = normalPhone(written.phone)
  const forbidden = ['locationId', 'createNewIfDuplicateAllowed']
  return Object.fromEntries(
    Object.entries(written).filter(
      ([name, value]) => value !== undefined && value !== null && !forbidden.includes(name),
    ),
  )
}

function customFields(write: ContactWrite, before: Contact['customFields']): Contact['customFields'] {
  const merged = new Map(before.map((field) => [field.id, field]))
  for (const field of write.customFields ?? []) {
    const id = field.id ?? field.key
    if (id) merged.set(id, { id, value: field.field_value ?? field.value ?? '' })
  }
  return [...merged.values()]
}

/** E.164; ten digits are taken for North America. */
function normalPhone(phone: unknown): string {
  const digits = String(phone ?? '').replace(/\D/g, '')
  if (!digits) return ''
  return digits.length === 10 ? `+1${digits}` : `+${digits}`
}

const lower = (value: unknown): string => (typeof value === 'string' ? value.trim().toLowerCase() : '')
