import { newRequest, type Place } from '../../contracts/decision.ts'
import type { Person } from '../../contracts/event.ts'
import type { Lead } from '../../decide/lead.ts'
import type { LifecycleFact } from '../../decide/lifecycle/transitions.ts'

export type LeadOfRow =
  | { key: string; lead_id: string; lead_created_at: Date }
  | { key: string; lead_id: null; lead_created_at: null }

/**
 * $1 tenants · $2 contact keys · $3 locations. Whose contacts these are; without a row those that are nobody's. One
 * statement and so one snapshot: a delivery that stores its contact meanwhile is seen before or after, not halfway.
 */
export const FIND_LEADS = `
  SELECT a.key, k.lead_id, k.lead_created_at
  FROM unnest($1::text[], $2::text[], $3::text[]) AS a(tenant, key, location_id)
  LEFT JOIN hexroute.lead_keys k ON k.tenant = a.tenant AND k.kind = 'contact' AND k.key = a.key
  WHERE k.lead_id IS NOT NULL
    OR EXISTS (SELECT 1 FROM hexroute.deliveries d WHERE d.location_id = a.location_id AND d.state = 'started')`

const FACTS = `jsonb_to_recordset($1) AS r("leadId" uuid, fact text, "occurredAt" timestamptz, "leadCreatedAt" timestamptz,
  tenant text, "locationId" text, value numeric, "eventId" uuid)`

export type LeadRow = {
  lead_id: string
  created_at: Date
  tenant: string
  event_id: string
  intake_location_id: string
  intake_contact_id: string | null
  lead_key: string | null
  attempt: number
  person: Person
  place: Place
}

/** Sorted, so that two routers cannot deadlock. */
export const LOCK_LEADS = `
  SELECT l.lead_id, l.created_at, l.tenant, l.event_id, l.intake_location_id, l.intake_contact_id, l.lead_key, l.attempt,
    coalesce(l.person_latest, l.person) AS person, l.place
  FROM hexroute.leads l
  JOIN (SELECT DISTINCT "leadId", "leadCreatedAt" FROM ${FACTS}) f
    ON l.lead_id = f."leadId" AND l.created_at = f."leadCreatedAt"
  ORDER BY l.lead_id FOR UPDATE OF l`

/** As it is known now, for its score. */
export const toLead = (row: LeadRow): Lead => ({
  leadId: row.lead_id,
  tenant: row.tenant,
  eventId: row.event_id,
  attempt: row.attempt,
  createdAt: row.created_at.toISOString(),
  intakeLocationId: row.intake_location_id,
  intakeContactId: row.intake_contact_id,
  key: row.lead_key ?? row.lead_id,
  person: row.person,
  place: row.place,
  request: newRequest,
})

export const INSERT_FACTS = `
  INSERT INTO hexroute.lead_facts (lead_id, fact, occurred_at, lead_created_at, tenant, location_id, value, event_id)
  SELECT "leadId", fact, "occurredAt", "leadCreatedAt", tenant, "locationId", value, "eventId" FROM ${FACTS}
  ON CONFLICT DO NOTHING`

export type HappeningRow = { lead_id: string; fact: LifecycleFact; occurred_at: Date; location_id: string }

/** All facts of these leads, and when which location was given them. */
export const HISTORY = `
  WITH asked AS (SELECT DISTINCT "leadId", "leadCreatedAt" FROM ${FACTS})
  SELECT f.lead_id, f.fact, f.occurred_at, f.location_id
  FROM asked JOIN hexroute.lead_facts f ON f.lead_id = "leadId" AND f.lead_created_at = "leadCreatedAt"
  UNION ALL
  SELECT d.lead_id, 'assigned', d.decided_at, d.location_id
  FROM asked JOIN hexroute.decisions d ON d.lead_id = "leadId" AND d.lead_created_at = "leadCreatedAt"
  WHERE d.outcome = 'assigned'`

export const ENGAGEMENT = `
  SELECT lead_id, fact, occurred_at, location_id FROM hexroute.lead_facts
  WHERE lead_id = ANY($1) AND fact IN ('replied', 'contacted', 'appointment')`

/** $1: what the leads are now, each worked out from its whole history: nothing is compared with what stood there. */
export const UPDATE_LEADS = `
  UPDATE hexroute.leads l SET stage = c.state, stage_at = c.since, status = c.status, status_at = c."statusAt",
    touched_at = greatest(l.touched_at, c."touchedAt"), score = c.score,
    contributions = c.contributions
  FROM jsonb_to_recordset($1) AS c("leadId" uuid, "leadCreatedAt" timestamptz, state text, since timestamptz, status text,
    "statusAt" timestamptz, "touchedAt" timestamptz, score numeric, contributions jsonb)
  WHERE l.lead_id = c."leadId" AND l.created_at = c."leadCreatedAt"`

/**
 * $1 ended leads · $2 all that were looked at. Closed before: by a delivery that may have crashed before Redis heard of
 * it. Redis remembers a week what it gave back.
 */
export const CLOSE_RESERVATIONS = `
  WITH closed AS (
    UPDATE hexroute.reservations SET state = 'CLOSED', changed_at = now()
    WHERE state = 'COMMITTED' AND lead_id = ANY($1)
    RETURNING tenant, lead_id, attempt, counter_keys, amounts
  ), all_closed AS (
    SELECT * FROM closed
    UNION ALL
    SELECT tenant, lead_id, attempt, counter_keys, amounts FROM hexroute.reservations
    WHERE state = 'CLOSED' AND lead_id = ANY($2) AND changed_at > now() - interval '3 days'
  )
  SELECT tenant, lead_id AS "leadId", attempt,
    (SELECT coalesce(json_agg(json_build_object('key', key, 'amount', amount)), '[]')
     FROM unnest(counter_keys, amounts) AS p(key, amount)) AS places
  FROM all_closed`
