import type { Decision } from '../../contracts/decision.ts'
import type { Postgres } from '../../kernel/postgres.ts'

/** Everything that is known of one lead, oldest first. Holds personal data. */
export type LeadTimeline = {
  lead: Record<string, unknown>
  decisions: Decision[]
  deliveries: Record<string, unknown>[]
  facts: Record<string, unknown>[]
}

export async function readLead(pool: Postgres, tenant: string | null, leadId: string): Promise<LeadTimeline | null> {
  const lead = await pool.query<Record<string, unknown>>(
    `SELECT lead_id AS "leadId", created_at AS "createdAt", tenant, event_id AS "eventId",
       intake_location_id AS "intakeLocationId", intake_contact_id AS "intakeContactId", person, place, attempt, outcome,
       location_id AS "locationId", region_id AS "regionId", status, status_at AS "statusAt"
     FROM hexroute.leads WHERE lead_id = $1 AND ($2::text IS NULL OR tenant = $2)`,
    [leadId, tenant],
  )
  if (!lead.rows[0]) return null
  const [decisions, deliveries, facts] = await Promise.all([
    pool.query<{ document: Decision }>('SELECT document FROM hexroute.decisions WHERE lead_id = $1 ORDER BY attempt', [
      leadId,
    ]),
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
