import type { Outcome, Place } from '../../contracts/decision.ts'
import { newRequest } from '../../contracts/decision.ts'
import type { Person } from '../../contracts/event.ts'
import type { Lead } from '../../decide/lead.ts'
import type { Postgres } from '../../kernel/postgres.ts'
import { placeInOrder } from '../steps/place-in-order.ts'

/** A lead that was decided before, with what a further decision must know. */
export type StoredLead = {
  /** As it was decided on first; `attempt` is the latest one. */
  lead: Lead
  outcome: Outcome
  locationId: string | null
  userId: string | null
  status: 'open' | 'won' | 'lost' | 'abandoned'
  /** Who had it, oldest first. */
  previousLocationIds: string[]
  previousUserIds: string[]
  /** ISO 8601; null when it does not wait. */
  heldSince: string | null
  /** -1 when it is in no pond. */
  pondGroup: number
  offeredTo: string[]
}

type Row = {
  lead_id: string
  created_at: Date
  tenant: string
  event_id: string
  intake_location_id: string
  intake_contact_id: string | null
  lead_key: string | null
  person: Person
  place: Place
  attempt: number
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

/** The leads of these ids that exist, in no order. */
export async function readStoredLeads(pool: Postgres, leadIds: readonly string[]): Promise<StoredLead[]> {
  if (leadIds.length === 0) return []
  const { rows } = await pool.query<Row>(
    `SELECT l.lead_id, l.created_at, l.tenant, l.event_id, l.intake_location_id, l.intake_contact_id, l.lead_key, l.person,
       l.place, l.attempt, l.outcome, l.location_id, l.user_id, l.status, d.previous_locations, d.previous_users,
       h.held_since, p.pond_group, p.offered_to
     FROM hexroute.leads l
     LEFT JOIN LATERAL (
       SELECT array_agg(location_id ORDER BY attempt) AS previous_locations,
         array_agg(user_id ORDER BY attempt) FILTER (WHERE user_id IS NOT NULL) AS previous_users
       FROM hexroute.decisions WHERE lead_id = l.lead_id AND lead_created_at = l.created_at AND outcome = 'assigned') d ON true
     LEFT JOIN hexroute.held_leads h USING (lead_id)
     LEFT JOIN hexroute.pond_leads p USING (lead_id)
     WHERE l.lead_id = ANY($1)`,
    [leadIds],
  )
  return rows.map(toStoredLead)
}

const toStoredLead = (row: Row): StoredLead => ({
  lead: {
    leadId: row.lead_id,
    tenant: row.tenant,
    eventId: row.event_id,
    attempt: row.attempt,
    createdAt: row.created_at.toISOString(),
    intakeLocationId: row.intake_location_id,
    intakeContactId: row.intake_contact_id,
    key: row.lead_key ?? `${row.intake_location_id}/${row.intake_contact_id ?? row.event_id}`,
    person: row.person,
    place: placeInOrder(row.place),
    request: newRequest,
  },
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
