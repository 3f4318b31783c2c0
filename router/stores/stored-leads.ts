import type { Outcome } from '../../contracts/decision.ts'
import type { Lead } from '../../decide/lead.ts'
import type { Postgres } from '../../kernel/postgres.ts'
import { LEAD_COLUMNS, type LeadRow, leadOfRow } from './lead-row.ts'

/** A lead that was decided before, with what a further decision must know. */
export type StoredLead = {
  /** As it was decided on first; `attempt` is the latest one. */
  lead: Lead
  outcome: Outcome
  locationId: string | null
  userId: string | null
  status: 'open' | 'won' | 'lost' | 'abandoned'
  /** Who had it, oldest first; not those whom GHL did not let it reach. */
  previousLocationIds: string[]
  previousUserIds: string[]
  /** ISO 8601; null when it does not wait. */
  heldSince: string | null
  /** -1 when it is in no pond. */
  pondGroup: number
  offeredTo: string[]
}

type Row = LeadRow & {
  outcome: Outcome
  location_id: string | null
  user_id: string | null
  status: StoredLead['status']
  previous_locations: string[] | null
  previous_users: string[] | null
  held_since: Date | null
  pond_group: number | null
  offered_to: string[] | null
}

/** The leads of these ids that exist, in no order. One whose person was erased is not decided again. */
export async function readStoredLeads(pool: Postgres, leadIds: readonly string[]): Promise<StoredLead[]> {
  if (leadIds.length === 0) return []
  const { rows } = await pool.query<Row>(
    `SELECT ${LEAD_COLUMNS}, l.outcome, l.location_id, l.user_id, l.status, d.previous_locations, d.previous_users,
       h.held_since, p.pond_group, p.offered_to
     FROM hexroute.leads l
     LEFT JOIN LATERAL (
       SELECT array_agg(location_id ORDER BY attempt) AS previous_locations,
         array_agg(user_id ORDER BY attempt) FILTER (WHERE user_id IS NOT NULL) AS previous_users
       FROM hexroute.decisions c
       WHERE lead_id = l.lead_id AND lead_created_at = l.created_at AND outcome = 'assigned' AND NOT EXISTS (
         SELECT 1 FROM hexroute.deliveries p
         WHERE p.lead_id = c.lead_id AND p.attempt = c.attempt AND p.state = 'parked')) d ON true
     LEFT JOIN hexroute.held_leads h USING (lead_id)
     LEFT JOIN hexroute.pond_leads p USING (lead_id)
     WHERE l.lead_id = ANY($1) AND l.person <> '{}'`,
    [leadIds],
  )
  return rows.map(toStoredLead)
}

const toStoredLead = (row: Row): StoredLead => ({
  lead: leadOfRow(row),
  outcome: row.outcome,
  locationId: row.location_id,
  userId: row.user_id,
  status: row.status,
  previousLocationIds: row.previous_locations ?? [],
  previousUserIds: row.previous_users ?? [],
  heldSince: row.held_since?.toISOString() ?? null,
  pondGroup: row.pond_group ?? -1,
  offeredTo: row.offered_to ?? [],
})
