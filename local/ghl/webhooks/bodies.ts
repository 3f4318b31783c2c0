import { uuidFor } from '../people/draw.ts'
import type { Contact, Hook, HookKind, Note, Opportunity } from '../record/state.ts'

/** What every webhook of this app carries. `seed` makes ids the same in every run. */
export type Sending = { appId: string; seed: string; now: () => number }

type Extra = Pick<Hook, 'intakeContactId' | 'duplicate' | 'heldMs' | 'tells'>
type About = { type: string; locationId: string; kind: HookKind; key: string }

/** A flat body in GHL's order of fields; what is undefined is left out, as GHL leaves it out. */
export function hookOf(sending: Sending, about: About, fields: Record<string, unknown>, extra: Extra = {}): Hook {
  const webhookId = uuidFor(sending.seed, 'webhook', about.type, about.key)
  const body = JSON.stringify({
    type: about.type,
    locationId: about.locationId,
    versionId: sending.appId,
    appId: sending.appId,
    ...fields,
    timestamp: new Date(sending.now()).toISOString(),
    webhookId,
  })
  return { webhookId, kind: about.kind, type: about.type, locationId: about.locationId, body, ...extra }
}

export function contactFields(contact: Contact): Record<string, unknown> {
  const { attributionSource, ...fields } = contact.fields
  return {
    id: contact.id,
    ...fields,
    tags: contact.tags,
    dateAdded: contact.dateAdded,
    customFields: contact.customFields,
    ...(attributionSource ? { attributionSource } : {}),
  }
}

export function opportunityFields(opportunity: Opportunity): Record<string, unknown> {
  return {
    id: opportunity.id,
    name: opportunity.name,
    assignedTo: opportunity.assignedTo ?? null,
    contactId: opportunity.contactId,
    monetaryValue: opportunity.monetaryValue || undefined,
    pipelineId: opportunity.pipelineId,
    pipelineStageId: opportunity.pipelineStageId,
    source: opportunity.source,
    status: opportunity.status,
    dateAdded: opportunity.createdAt,
  }
}

/** Each change of an opportunity fires the general event and the specific one, each with its own webhookId. */
export function opportunityHooks(
  sending: Sending,
  specific: string,
  opportunity: Opportunity,
  origin: { kind: HookKind; key: string },
): Hook[] {
  const tells = { opportunityId: opportunity.id, status: opportunity.status }
  return ['OpportunityUpdate', specific].map((type) => {
    const key = `${opportunity.id} ${specific} ${origin.key}`
    const about = { type, locationId: opportunity.locationId, kind: origin.kind, key }
    return hookOf(sending, about, opportunityFields(opportunity), { tells })
  })
}

export const noteFields = (note: Note): Record<string, unknown> => ({
  id: note.id,
  body: note.body,
  contactId: note.contactId,
  dateAdded: note.dateAdded,
})
