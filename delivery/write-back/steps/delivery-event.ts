import type { Decision } from '../../../contracts/decision.ts'
import type { Delivery, DeliveryState } from '../../../contracts/delivery.ts'
import { derivedUuid } from '../../../kernel/derived-uuid.ts'

export type ClosedEntry = {
  state: DeliveryState
  contactId: string | null
  opportunityId: string | null
  errorCode: string | null
  tries: number
  updatedAt: Date
}
/** The published record of a closed ledger row: the same row gives the same record, however often it is published. */
export function deliveryEvent(decision: Decision, locationId: string, entry: ClosedEntry): Delivery {
  return {
    deliveryId: derivedUuid('delivery', decision.leadId, decision.attempt),
    leadId: decision.leadId,
    attempt: decision.attempt,
    tenant: decision.tenant,
    locationId,
    regionId: decision.regionId,
    state: entry.state,
    contactId: entry.contactId,
    opportunityId: entry.opportunityId,
    errorCode: entry.errorCode,
    tries: entry.tries,
    decidedAt: decision.decidedAt,
    deliveredAt: entry.updatedAt.toISOString(),
    leadCreatedAt: decision.leadCreatedAt,
  }
}
