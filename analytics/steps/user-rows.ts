import type { Decision } from '../../contracts/decision.ts'
import { clickhouseTime, unsigned, uuid } from './row-values.ts'
import type { StoredAt } from './stored-at.ts'

/** Rows of `decision_users`: who of the chosen location was considered, and whose turn it was. */
export function userRows(decision: Decision, stored: StoredAt) {
  return decision.users.map((user) => ({
    tenant: decision.tenant,
    location_id: decision.locationId ?? '',
    region_id: decision.regionId ?? '',
    user_id: user.userId,
    decision_id: uuid(decision.decisionId),
    lead_id: uuid(decision.leadId),
    attempt: unsigned(decision.attempt, 16),
    chosen: user.userId === decision.userId,
    rank: unsigned(user.rank ?? 0, 16),
    reason: user.reason ?? '',
    shortfall: user.shortfall,
    decided_at: clickhouseTime(decision.decidedAt),
    received_at: clickhouseTime(stored.at),
    stream_seq: stored.seq,
  }))
}
