import type { Postgres } from '../../kernel/postgres.ts'
import { contactOf, type Overdue } from '../steps/find-gaps.ts'

/** Which of these contacts are leads in Postgres: the newest lead of each, by tenant, a space and contact. */
export async function readKnownContacts(postgres: Postgres, overdue: Overdue[]): Promise<Map<string, string>> {
  if (overdue.length === 0) return new Map()
  const { rows } = await postgres.query<{ tenant: string; value: string; leadId: string }>(
    `SELECT DISTINCT ON (i.tenant, i.value) i.tenant, i.value, i.lead_id AS "leadId"
       FROM unnest($1::text[], $2::text[]) AS asked(tenant, value)
       JOIN hexroute.lead_identities i ON i.tenant = asked.tenant AND i.kind = 'contact' AND i.value = asked.value
      ORDER BY i.tenant, i.value, i.lead_created_at DESC`,
    [overdue.map(({ tenant }) => tenant), overdue.map(contactOf)],
  )
  return new Map(rows.map(({ tenant, value, leadId }) => [`${tenant} ${value}`, leadId]))
}
