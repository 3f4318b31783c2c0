import type { Decision } from '../../../contracts/decision.ts'
import type { Person } from '../../../contracts/event.ts'
import type { Postgres } from '../../../kernel/postgres.ts'
import type { Lead } from '../steps/lead.ts'

export type LeadReader = (decision: Decision) => Promise<Lead | null>

/** Decisions carry no personal data: the person is read where it lives. The creation time names the partition. null: gone, or erased. */
export function createLeadReader(pool: Postgres): LeadReader {
  return async ({ leadId, leadCreatedAt, place }) => {
    const { rows } = await pool.query<{ person: Person }>(
      `SELECT person FROM hexroute.leads WHERE lead_id = $1 AND created_at = $2 AND person <> '{}'`,
      [leadId, leadCreatedAt],
    )
    return rows[0] ? { leadId, person: rows[0].person, country: place.country } : null
  }
}
