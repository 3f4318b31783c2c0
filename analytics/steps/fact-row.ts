import type { LeadFact } from '../../contracts/lead-fact.ts'
import { clickhouseTime, uuid } from './row-values.ts'
import type { StoredAt } from './stored-at.ts'

/** Beyond this an amount is a mistake, and beyond 10^16 it would not fit Decimal(18, 2). */
const VALUE_MAX = 1e12

/** A row of `lead_facts`. */
export function factRow(fact: LeadFact, stored: StoredAt) {
  return {
    tenant: fact.tenant,
    location_id: fact.locationId,
    region_id: fact.regionId ?? '',
    fact: fact.fact,
    fact_id: uuid(fact.factId),
    lead_id: uuid(fact.leadId),
    value: fact.value === null || Math.abs(fact.value) > VALUE_MAX ? null : fact.value.toFixed(2),
    business_ms: fact.businessMs ?? null,
    event_id: uuid(fact.eventId),
    occurred_at: clickhouseTime(fact.occurredAt),
    lead_created_at: clickhouseTime(fact.leadCreatedAt),
    received_at: clickhouseTime(stored.at),
    stream_seq: stored.seq,
  }
}
