import { classifyFault } from '../ghl/steps/classify-fault.ts'
import type { Contact } from '../ghl/steps/ghl-bodies.ts'
import { completeContact } from './complete-contact.ts'
import { type LeadWrite, orAdopt, throwUntilSearchable, type Written, warn } from './lead-write.ts'
import { contactBody, type NewContact } from './steps/contact-body.ts'
import { leadMarker } from './steps/lead-marker.ts'

/**
 * The lead's contact in its sub-account, made or found, with all that is ours on it. Gives its id. One that is made gets
 * everything in one call; "exists already" and tries whose end is unknown lead to the one that is there.
 */
export async function writeContact(write: LeadWrite): Promise<string> {
  const { entry, steps, ledger, locationId } = write
  if (entry.contactId !== null && steps.filled) return entry.contactId
  const body = await bodyOf(write)
  const contact = entry.contactId === null ? await obtain(write, body) : { id: entry.contactId, isNew: false }
  if (contact.isNew) steps.filled = true
  if (entry.contactId === null) await ledger.saveContact(write, locationId, contact.id, steps)
  if (!steps.filled) {
    await completeContact(write, contact.id, body)
    steps.filled = true
  }
  return contact.id
}

async function bodyOf(write: LeadWrite): Promise<NewContact> {
  const { lead, locationId, settings, owner, facts, withToken } = write
  const { leadIdField } = settings
  const leadIdFieldId = leadIdField === null ? null : await facts.leadIdField(locationId, leadIdField, withToken)
  if (leadIdField !== null && leadIdFieldId === null)
    warn(write, 'LEAD_ID_FIELD_REFUSED', `no field ${leadIdField} and none could be made`)
  return contactBody(lead, locationId, { owner, leadIdFieldId })
}

async function obtain(write: LeadWrite, body: NewContact): Promise<Written> {
  const { entry, locationId, facts, withToken } = write
  const earlier = entry.earlier?.contactId
  if (earlier && (await find(write, earlier))) return { id: earlier, isNew: false }
  const mayExist = entry.tries > 1 || entry.earlier !== null
  // Where duplicates are refused, the refusal of the second names the first, which is one call less.
  const isSearched = isFindable(body) ? (await facts.duplicates(locationId, withToken)).contacts : mayExist
  const found = isSearched ? await search(write, body) : null
  return found === null ? create(write, body) : { id: found, isNew: false }
}

async function create(write: LeadWrite, body: NewContact): Promise<Written> {
  const { ghl, withToken } = write
  try {
    return await orAdopt(() => withToken((token) => ghl.createContact(token, body)))
  } catch (error) {
    if (classifyFault(error).kind !== 'dead-letter') throw error
    // GHL's 422 may still have made the contact.
    const made = await search(write, body)
    if (made !== null) return { id: made, isNew: false }
    if (!isFindable(body)) throwUntilSearchable(write, error)
    const plain = withoutExtras(write, body, error as Error)
    if (plain === null) throw error
    return orAdopt(() => withToken((token) => ghl.createContact(token, plain)))
  }
}

/** A deleted user or field is the likely reason of a refusal, and no reason to lose the lead. */
function withoutExtras(write: LeadWrite, body: NewContact, { message }: Error): NewContact | null {
  const { assignedTo, customFields, ...plain } = body
  if (assignedTo === undefined && customFields === undefined) return null
  if (assignedTo !== undefined) warn(write, 'OWNER_REFUSED', message)
  if (customFields !== undefined) {
    warn(write, 'LEAD_ID_FIELD_REFUSED', message)
    write.facts.forgetLeadIdField(write.locationId, write.settings.leadIdField ?? '')
  }
  return plain
}

/** E-mail and phone are found at once; our marker by way of GHL's search index. */
function search({ ghl, withToken, locationId, lead }: LeadWrite, body: NewContact): Promise<string | null> {
  const { email, phone } = body
  if (!isFindable(body))
    return withToken((token) => ghl.findContactBySource(token, locationId, leadMarker(lead.leadId)))
  return withToken((token) =>
    ghl.findDuplicateContact(token, locationId, { email: email ?? undefined, number: phone ?? undefined }),
  )
}

export const isFindable = ({ email, phone }: Pick<NewContact, 'email' | 'phone'>): boolean =>
  email !== undefined || phone !== undefined

/** The location's people may have deleted it since. */
async function find({ ghl, withToken, locationId }: LeadWrite, contactId: string): Promise<Contact | null> {
  try {
    return await withToken((token) => ghl.getContact(token, locationId, contactId))
  } catch (error) {
    if (classifyFault(error).kind === 'dead-letter') return null
    throw error
  }
}
