import type { Contact, ContactChange } from '../../ghl/steps/ghl-bodies.ts'
import type { NewContact } from './contact-body.ts'

const fillable = [
  'firstName',
  'lastName',
  'email',
  'phone',
  'address1',
  'city',
  'state',
  'postalCode',
  'country',
] as const

/**
 * What a contact that was there before gets of a lead: only what it lacks. Name, address and `source` may have been put
 * right by the location's people, and the form does not know better. Its owner stays too, unless he had this very lead
 * before and it was taken from him. Null when nothing is to be added.
 */
export function fillContact(
  existing: Contact,
  wanted: NewContact,
  previousUserIds: readonly string[],
): ContactChange | null {
  const change: ContactChange = {}
  for (const field of fillable) {
    const value = wanted[field]
    if (value && isEmpty(existing[field])) change[field] = value
  }
  const { assignedTo } = wanted
  if (assignedTo && assignedTo !== existing.assignedTo && isFree(existing.assignedTo, previousUserIds))
    change.assignedTo = assignedTo
  const fields = wanted.customFields?.filter(({ id, field_value }) => heldIn(existing, id) !== field_value) ?? []
  if (fields.length > 0) change.customFields = fields
  return Object.keys(change).length > 0 ? change : null
}

/** E-mail and phone may belong to another contact of the sub-account: then the rest is worth writing without them. */
export function withoutKeys({ email: _email, phone: _phone, ...rest }: ContactChange): ContactChange | null {
  return Object.keys(rest).length > 0 ? rest : null
}

/** Tags that the contact does not have yet; GHL keeps them in lower case. */
export function missingTags({ tags }: Contact, wanted: readonly string[]): string[] {
  const present = new Set((tags ?? []).map((tag) => tag.toLowerCase()))
  return wanted.filter((tag) => !present.has(tag.toLowerCase()))
}

const isEmpty = (value: unknown): boolean => value === undefined || value === null || value === ''

const isFree = (owner: string | null | undefined, previousUserIds: readonly string[]): boolean =>
  !owner || previousUserIds.includes(owner)

const heldIn = ({ customFields }: Contact, fieldId: string): unknown =>
  customFields?.find(({ id }) => id === fieldId)?.value
