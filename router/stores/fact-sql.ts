import type { Person } from '../../contracts/event.ts'
import type { LifecycleFact } from '../../decide/lifecycle/transitions.ts'
import { LEAD_COLUMNS, type LeadRow } from './lead-row.ts'

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
  tenant text, "locationId" text, value numeric, "businessMs" bigint, "eventId" uuid)`

/** Ids, and the range of time in which these leads were created. */
export type LeadIds = [leadIds: string[], createdFrom: string, createdTo: string]

/**
 * Joined with rows of JSON alone, the planner reads whole partitions (30 ms instead of 2 for 250 of 40,000 leads); told the
 * ids and the range of their months, it reads the index of those few.
 */
export function leadIds(leads: readonly { leadId: string; leadCreatedAt: string }[]): LeadIds {
  const created = leads.map(({ leadCreatedAt }) => leadCreatedAt).sort()
  return [[...new Set(leads.map(({ leadId }) => leadId))], created[0]!, created.at(-1)!]
}

export type LockedLead = LeadRow & { latest: Person | null }

/** $1 to $3: leadIds. Sorted, so that two routers cannot deadlock. */
export const LOCK_LEADS = `
  SELECT ${LEAD_COLUMNS}, l.person_latest AS latest
  FROM hexroute.leads l WHERE l.lead_id = ANY($1) AND l.created_at BETWEEN $2 AND $3
  ORDER BY l.lead_id FOR UPDATE`

export const INSERT_FACTS = `
  INSERT INTO hexroute.lead_facts (lead_id, fact, occurred_at, lead_created_at, tenant, location_id, value, business_ms, event_id)
  SELECT "leadId", fact, "occurredAt", "leadCreatedAt", tenant, "locationId", value, "businessMs", "eventId" FROM ${FACTS}
  ON CONFLICT DO NOTHING`

export type HappeningRow = { lead_id: string; fact: LifecycleFact; occurred_at: Date; location_id: string }

/** $1 to $3: leadIds. All facts of these leads, and when which location was given them. */
export const HISTORY = `
  SELECT lead_id, fact, occurred_at, location_id FROM hexroute.lead_facts
  WHERE lead_id = ANY($1) AND lead_created_at BETWEEN $2 AND $3
  UNION ALL
  SELECT lead_id, 'assigned', decided_at, location_id FROM hexroute.decisions
  WHERE lead_id = ANY($1) AND lead_created_at BETWEEN $2 AND $3 AND outcome = 'assigned'`

export const ENGAGEMENT = `
  SELECT lead_id, fact, occurred_at, location_id FROM hexroute.lead_facts
  WHERE lead_id = ANY($1) AND fact IN ('replied', 'contacted', 'appointment')`

/**
 * $1 to $3: leadIds · $4: what the leads are now, each worked out from its whole history: nothing is compared with what
 * stood there.
 */
export const UPDATE_LEADS = `
  UPDATE hexroute.leads l SET stage = c.state, stage_at = c.since, status = c.status, status_at = c."statusAt",
    touched_at = greatest(l.touched_at, c."touchedAt"), score = c.score, contributions = c.contributions
  FROM jsonb_to_recordset($4) AS c("leadId" uuid, state text, since timestamptz, status text, "statusAt" timestamptz,
    "touchedAt" timestamptz, score numeric, contributions jsonb)
  WHERE l.lead_id = c."leadId" AND l.lead_id = ANY($1) AND l.created_at BETWEEN $2 AND $3`

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
