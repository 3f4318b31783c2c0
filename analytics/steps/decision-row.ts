import type { Decision } from '../../contracts/decision.ts'
import { cellNumber, clickhouseTime, unsigned, uuid } from './row-values.ts'
import type { StoredAt } from './stored-at.ts'

/** A row of `decisions`. The exact point of the person stays behind: a cell of 5 km² is what maps need. */
export function decisionRow(decision: Decision, stored: StoredAt) {
  return {
    tenant: decision.tenant,
    location_id: decision.locationId ?? '',
    region_id: decision.regionId ?? '',
    user_id: decision.userId ?? '',
    previous_location_id: decision.request.previousLocationIds.at(-1) ?? '',
    decision_id: uuid(decision.decisionId),
    lead_id: uuid(decision.leadId),
    attempt: unsigned(decision.attempt, 16),
    event_id: uuid(decision.eventId),
    request: decision.request.kind,
    outcome: decision.outcome,
    tier: decision.tier ?? '',
    fallback: decision.fallback ?? '',
    strategy: decision.strategy,
    flags: decision.flags,
    lead_score: decision.score,
    why: decision.why,
    candidate_count: unsigned(decision.candidates.length, 16),
    intake_location_id: decision.intakeLocationId,
    lead_source: decision.leadSource ?? '',
    lead_campaign: decision.leadCampaign ?? '',
    country: decision.place.country ?? '',
    postal_code: decision.place.postalCode ?? '',
    cell: cellNumber(decision.place.cell),
    place_precision: decision.place.precision,
    ruleset_hash: decision.rulesetHash,
    decision_hash: decision.hash,
    decided_at: clickhouseTime(decision.decidedAt),
    lead_created_at: clickhouseTime(decision.leadCreatedAt),
    received_at: clickhouseTime(stored.at),
    stream_seq: stored.seq,
  }
}
