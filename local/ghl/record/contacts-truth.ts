import type { Contact, Opportunity, State } from './state.ts'

/** Everything that hangs on the contacts of a sub-account, or of all, whoever made them. */
export function contactsTruth(state: State, locationId: string | undefined) {
  const jobs = new Map<string, Opportunity[]>()
  for (const job of state.opportunities.values()) jobs.set(job.contactId, [...(jobs.get(job.contactId) ?? []), job])
  const meant = [...state.contacts.values()].filter(
    (contact) => (locationId ?? contact.locationId) === contact.locationId,
  )
  return meant.map((contact: Contact) => ({
    id: contact.id,
    locationId: contact.locationId,
    madeBy: contact.madeBy,
    fields: contact.fields,
    assignedTo: contact.fields.assignedTo ?? null,
    tags: contact.tags,
    customFields: contact.customFields,
    notes: (state.notes.get(contact.id) ?? []).map(({ id, body, userId }) => ({ id, body, userId: userId ?? null })),
    enrolments: [...(state.enrolments.get(contact.id) ?? [])],
    messages: state.messages.get(contact.id) ?? [],
    opportunities: (jobs.get(contact.id) ?? []).map(({ played: _, ...job }) => job),
  }))
}
