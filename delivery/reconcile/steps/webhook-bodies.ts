import type { FoundContact, Opportunity } from '../../ghl/steps/ghl-bodies.ts'

/** A body as the marketplace webhook has it, but for `appId` and `webhookId`: `timestamp` is the time of the fact itself. */
export type WebhookBody = { type: string; locationId: string; id: string; timestamp: string } & Record<string, unknown>

/** The `ContactCreate` that never came. Null for what has no time of creation: nothing could be said of when. */
export function contactCreated(locationId: string, contact: FoundContact): WebhookBody | null {
  const { searchAfter: _mark, ...fields } = contact as FoundContact & { address?: unknown; address1?: unknown }
  if (!contact.dateAdded || Number.isNaN(Date.parse(contact.dateAdded))) return null
  return {
    ...present(fields),
    // The search names the street otherwise than webhooks and the contact itself.
    ...present({ address1: fields.address1 ?? fields.address }),
    type: 'ContactCreate',
    locationId,
    id: contact.id,
    timestamp: contact.dateAdded,
  }
}

/** The `OpportunityStatusUpdate` that never came. */
export function statusChanged(locationId: string, opportunity: Opportunity, changedAt: string): WebhookBody {
  const { id, name, assignedTo, contactId, monetaryValue, pipelineId, pipelineStageId, source, status } = opportunity
  return {
    ...present({ name, assignedTo, contactId, monetaryValue, pipelineId, pipelineStageId, source, status }),
    ...present({ dateAdded: opportunity.createdAt }),
    type: 'OpportunityStatusUpdate',
    locationId,
    id,
    timestamp: changedAt,
  }
}

/** Webhooks leave out what is empty. */
const present = (fields: object): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== null && value !== undefined && value !== ''),
  )
