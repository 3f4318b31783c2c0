import { classifyFault } from '../ghl/steps/classify-fault.ts'
import type { ContactChange } from '../ghl/steps/ghl-bodies.ts'
import { type LeadWrite, orWarn, warn } from './lead-write.ts'
import type { NewContact } from './steps/contact-body.ts'
import { fillContact, missingTags, withoutKeys } from './steps/fill-contact.ts'

/** Adds to a contact that was there before what it lacks, and takes nothing from it. Doing it twice changes nothing more. */
export async function completeContact(write: LeadWrite, contactId: string, body: NewContact): Promise<void> {
  const { ghl, withToken, locationId, decision } = write
  const existing = await withToken((token) => ghl.getContact(token, locationId, contactId))
  const change = fillContact(existing, body, decision.request.previousUserIds)
  if (change) await update(write, contactId, change)
  const tags = missingTags(existing, body.tags)
  if (tags.length === 0) return
  await orWarn(write, 'TAGS_REFUSED', () => withToken((token) => ghl.addTags(token, locationId, contactId, tags)))
}

async function update(write: LeadWrite, contactId: string, change: ContactChange): Promise<void> {
  const { ghl, withToken, locationId } = write
  const send = (what: ContactChange) => withToken((token) => ghl.updateContact(token, locationId, contactId, what))
  try {
    await send(change)
  } catch (error) {
    const verdict = classifyFault(error)
    if (verdict.kind !== 'adopt' && verdict.kind !== 'dead-letter') throw error
    const less = verdict.kind === 'adopt' ? withoutKeys(change) : plainOf(write, change, error as Error)
    // The contact is there and the lead's own: what GHL does not take of it costs no lead.
    if (less) await send(less).catch((again) => rethrowFaults(again))
  }
}

function plainOf(write: LeadWrite, change: ContactChange, { message }: Error): ContactChange | null {
  const { assignedTo, customFields, ...plain } = change
  if (assignedTo !== undefined) warn(write, 'OWNER_REFUSED', message)
  if (customFields !== undefined) warn(write, 'LEAD_ID_FIELD_REFUSED', message)
  return withoutKeys(plain)
}

function rethrowFaults(error: unknown): void {
  const { kind } = classifyFault(error)
  if (kind !== 'adopt' && kind !== 'dead-letter') throw error
}
