import type { Delivery } from '../../contracts/delivery.ts'
import { clickhouseTime, unsigned, uuid } from './row-values.ts'
import type { StoredAt } from './stored-at.ts'

/** A row of `deliveries`. */
export function deliveryRow(delivery: Delivery, stored: StoredAt) {
  return {
    tenant: delivery.tenant,
    location_id: delivery.locationId,
    region_id: delivery.regionId ?? '',
    delivery_id: uuid(delivery.deliveryId),
    lead_id: uuid(delivery.leadId),
    attempt: unsigned(delivery.attempt, 16),
    state: delivery.state,
    contact_id: delivery.contactId ?? '',
    opportunity_id: delivery.opportunityId ?? '',
    error_code: delivery.errorCode ?? '',
    tries: unsigned(delivery.tries, 32),
    decided_at: clickhouseTime(delivery.decidedAt),
    delivered_at: clickhouseTime(delivery.deliveredAt),
    lead_created_at: clickhouseTime(delivery.leadCreatedAt),
    received_at: clickhouseTime(stored.at),
    stream_seq: stored.seq,
  }
}
