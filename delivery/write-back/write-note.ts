import { type LeadWrite, orWarn } from './lead-write.ts'
import { noteMarker, noteText } from './steps/note-text.ts'

/** The sentence of why, as a note on the contact. One per assignment: looked for first when a try before may have written it. */
export async function writeNote(write: LeadWrite, contactId: string): Promise<void> {
  const { settings, steps, decision } = write
  if (!settings.note || steps.note !== undefined) return
  const id = await orWarn(write, 'NOTE_REFUSED', async () => (await find(write, contactId)) ?? add(write, contactId))
  if (id !== null) steps.note = id
  function add({ ghl, withToken, locationId }: LeadWrite, contact: string): Promise<string> {
    return withToken((token) => ghl.addNote(token, locationId, contact, { body: noteText(decision) }))
  }
}

/** Only a try that had the opportunity in the ledger can have come so far. */
async function find(write: LeadWrite, contactId: string): Promise<string | undefined> {
  const { ghl, withToken, locationId, decision, entry } = write
  if (entry.opportunityId === null) return undefined
  const notes = await withToken((token) => ghl.listNotes(token, locationId, contactId))
  return notes.find(({ body }) => body.includes(noteMarker(decision)))?.id
}
