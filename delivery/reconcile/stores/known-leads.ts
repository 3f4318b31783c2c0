import type { Postgres } from '../../../kernel/postgres.ts'
import type { WatchedLead } from '../steps/status-news.ts'

export type KnownLeads = ReturnType<typeof createKnownLeads>

/**
 * A contact of an intake sub-account that is a lead has an identity row, whatever was decided of it. One whose person was
 * erased has its hash there: a comparison must not bring back whom people asked to forget.
 */
const KNOWN_CONTACTS = `
  SELECT a.value FROM unnest($2::text[]) AS a(value)
  WHERE EXISTS (SELECT FROM hexroute.lead_identities i WHERE i.tenant = $1 AND i.kind = 'contact'
    AND i.value IN (a.value, 'erased:' || encode(sha256(convert_to(a.value, 'UTF8')), 'hex')))`

/**
 * Leads that a sub-account was given and still has, by the contact that a webhook of it would find them by: of two leads
 * that are one contact there, the newer.
 */
const WATCHED = `
  SELECT d.lead_id AS "leadId", d.contact_id AS "contactId", d.opportunity_id AS "opportunityId", l.status,
    l.status_at AS "statusAt", d.updated_at AS "deliveredAt"
  FROM hexroute.deliveries d
  JOIN hexroute.lead_keys k
    ON k.tenant = d.tenant AND k.kind = 'contact' AND k.key = d.location_id || '/' || d.contact_id AND k.lead_id = d.lead_id
  JOIN hexroute.leads l ON l.lead_id = d.lead_id AND l.created_at = k.lead_created_at AND l.attempt = d.attempt
  WHERE d.tenant = $1 AND d.location_id = $2 AND d.state = 'delivered' AND d.updated_at > $3`

/** Assigned longer than `$2` ago, and neither delivered nor given up: nobody has told the location. */
const UNDELIVERED = `
  SELECT count(*)::int AS count FROM hexroute.leads l
  JOIN hexroute.decisions c ON c.lead_id = l.lead_id AND c.lead_created_at = l.created_at AND c.attempt = l.attempt
  LEFT JOIN hexroute.deliveries d ON d.lead_id = l.lead_id AND d.attempt = l.attempt
  WHERE l.tenant = $1 AND l.outcome = 'assigned' AND c.decided_at < $2 AND l.created_at > $3
    AND (d.state IS NULL OR d.state IN ('started', 'contact'))`

type WatchedRow = Omit<WatchedLead, 'statusAt' | 'deliveredAt'> & { statusAt: Date | null; deliveredAt: Date }

/** What we know of leads, to be compared with what GHL knows. */
export function createKnownLeads(pool: Postgres) {
  return {
    /** Which of these contacts of an intake sub-account are leads. */
    contacts: async (tenant: string, locationId: string, contactIds: readonly string[]): Promise<Set<string>> => {
      const values = contactIds.map((id) => `${locationId}/${id}`)
      const { rows } = await pool.query<{ value: string }>(KNOWN_CONTACTS, [tenant, values])
      return new Set(rows.map(({ value }) => value.slice(locationId.length + 1)))
    },
    watched: async (tenant: string, locationId: string, sinceMs: number): Promise<WatchedLead[]> => {
      const { rows } = await pool.query<WatchedRow>(WATCHED, [tenant, locationId, new Date(sinceMs)])
      return rows.map(({ statusAt, deliveredAt, ...row }) => ({
        ...row,
        statusAt: statusAt?.toISOString() ?? null,
        deliveredAt: deliveredAt.toISOString(),
      }))
    },
    undelivered: async (tenant: string, beforeMs: number, sinceMs: number): Promise<number> => {
      const { rows } = await pool.query<{ count: number }>(UNDELIVERED, [tenant, new Date(beforeMs), new Date(sinceMs)])
      return rows[0]!.count
    },
  }
}
