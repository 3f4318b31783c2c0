import type { Decision, Outcome } from '../../contracts/decision.ts'
import type { Postgres } from '../../kernel/postgres.ts'
import type { Whereabouts } from '../steps/reach.ts'
import type { Page, Part } from './organisation-store.ts'

/** Everything that is known of one lead, oldest first. Holds personal data. */
export type LeadTimeline = {
  lead: Record<string, unknown>
  decisions: Decision[]
  deliveries: Record<string, unknown>[]
  facts: Record<string, unknown>[]
}
/** One line of a list, with the sentence of the last decision. No personal data. */
export type LeadSummary = { leadId: string; createdAt: Date } & Record<string, unknown>
export type LeadFilter = { outcome: Outcome | null; locationId: string | null }
export type LeadWhereabouts = Whereabouts

export type LeadReader = {
  /** Null also when the lead lies outside the key's part. */
  timeline: (part: Part, leadId: string) => Promise<LeadTimeline | null>
  whereabouts: (tenant: string | null, leadId: string) => Promise<LeadWhereabouts | null>
  /** Newest first, before the cursor `created/id`. */
  list: (part: Part, filter: LeadFilter, before: string, countMax: number) => Promise<Page<LeadSummary>>
}

export function createLeadReader(pool: Postgres): LeadReader {
  return {
    timeline: (part, leadId) => readTimeline(pool, part, leadId),
    whereabouts: async (tenant, leadId) => {
      const { rows } = await pool.query<LeadWhereabouts>(
        `SELECT tenant, region_id AS "regionId", location_id AS "locationId"
         FROM hexroute.leads WHERE lead_id = $1 AND ($2::text IS NULL OR tenant = $2)`,
        [leadId, tenant],
      )
      return rows[0] ?? null
    },
    list: async ({ tenant, regionIds, locationIds }, { outcome, locationId }, before, countMax) => {
      const [createdAt, leadId] = before === '' ? [null, null] : before.split('/')
      const { rows } = await pool.query<LeadSummary>(LIST, [
        ...[tenant, regionIds, locationIds, outcome, locationId, createdAt, leadId, countMax + 1],
      ])
      const items = rows.slice(0, countMax)
      const last = items.at(-1)
      return {
        items,
        next: rows.length > countMax && last ? `${last.createdAt.toISOString()}/${last.leadId}` : null,
      }
    },
  }
}

/** Parameters 1 to 3 are the key's part. A lead in the pond is also of those that it is offered to. */
const WITHIN_PART = `
  ($1::text IS NULL OR l.tenant = $1)
  AND ((cardinality($2::text[]) = 0 AND cardinality($3::text[]) = 0)
    OR ((cardinality($2) = 0 OR l.region_id = ANY ($2)) AND (cardinality($3) = 0 OR l.location_id = ANY ($3)))
    OR EXISTS (SELECT 1 FROM hexroute.pond_leads p JOIN hexroute.locations o ON o.id = ANY (p.offered_to)
               WHERE p.lead_id = l.lead_id AND l.outcome = 'pond'
                 AND (cardinality($2) = 0 OR o.region_id = ANY ($2)) AND (cardinality($3) = 0 OR o.id = ANY ($3))))`

const LIST = `
  SELECT l.lead_id AS "leadId", l.created_at AS "createdAt", l.tenant, l.outcome, l.attempt, l.location_id AS "locationId",
    l.region_id AS "regionId", l.user_id AS "userId", l.status, l.stage, l.score::float8 AS score, l.until,
    (SELECT d.why FROM hexroute.decisions d WHERE d.lead_id = l.lead_id AND d.attempt = l.attempt LIMIT 1) AS why
  FROM hexroute.leads l
  WHERE ${WITHIN_PART}
    AND ($4::text IS NULL OR l.outcome = $4) AND ($5::text IS NULL OR l.location_id = $5)
    AND ($6::timestamptz IS NULL OR (l.created_at, l.lead_id) < ($6, $7::uuid))
  ORDER BY l.created_at DESC, l.lead_id DESC LIMIT $8`

const LEAD = `
  SELECT l.lead_id AS "leadId", l.created_at AS "createdAt", l.tenant, l.event_id AS "eventId",
    l.intake_location_id AS "intakeLocationId", l.intake_contact_id AS "intakeContactId", l.person,
    l.person_latest AS "personLatest", l.place, l.attempt, l.outcome, l.location_id AS "locationId",
    l.region_id AS "regionId", l.user_id AS "userId", l.until, l.status, l.status_at AS "statusAt", l.stage,
    l.stage_at AS "stageAt", l.score::float8 AS score, l.contributions, l.touched_at AS "touchedAt"
  FROM hexroute.leads l WHERE ${WITHIN_PART} AND l.lead_id = $4`

async function readTimeline(pool: Postgres, part: Part, leadId: string): Promise<LeadTimeline | null> {
  const { tenant, regionIds, locationIds } = part
  const lead = await pool.query<Record<string, unknown>>(LEAD, [tenant, regionIds, locationIds, leadId])
  if (!lead.rows[0]) return null
  const [decisions, deliveries, facts] = await Promise.all([
    pool.query<{ document: Decision }>(
      'SELECT document::json AS document FROM hexroute.decisions WHERE lead_id = $1 ORDER BY attempt',
      [leadId],
    ),
    pool.query<Record<string, unknown>>(
      `SELECT attempt, location_id AS "locationId", state, contact_id AS "contactId", opportunity_id AS "opportunityId", tries,
         error_code AS "errorCode", updated_at AS "updatedAt"
       FROM hexroute.deliveries WHERE lead_id = $1 ORDER BY attempt`,
      [leadId],
    ),
    pool.query<Record<string, unknown>>(
      `SELECT fact, occurred_at AS "occurredAt", location_id AS "locationId", value, event_id AS "eventId"
       FROM hexroute.lead_facts WHERE lead_id = $1 ORDER BY occurred_at, fact`,
      [leadId],
    ),
  ])
  return {
    lead: lead.rows[0],
    decisions: decisions.rows.map(({ document }) => document),
    deliveries: deliveries.rows,
    facts: facts.rows,
  }
}
