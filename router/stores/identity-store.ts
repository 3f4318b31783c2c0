import type { Person } from '../../contracts/event.ts'
import type { Lead } from '../../decide/lead.ts'
import type { Postgres } from '../../kernel/postgres.ts'
import { identitiesOf } from '../steps/identities.ts'
import type { KnownLead } from '../steps/known-person.ts'

/** What is new about the person of a lead, and when it was told. */
export type PersonTold = { leadId: string; leadCreatedAt: string; person: Person; at: string }
export type ContactTold = { tenant: string; contact: string; person: Person; at: string }

export type IdentityStore = {
  /** Event id of each lead -> the leads of the same person, also this one when it is stored already; one query. */
  known: (leads: readonly Lead[]) => Promise<Map<string, KnownLead[]>>
  /** The latest word about a person stays; it is activity of the lead. Any order, any number of times. */
  recordRepeats: (told: readonly PersonTold[]) => Promise<void>
  /** The same for a contact of an intake sub-account: its newest lead. @returns those that are nobody's yet. */
  recordUpdates: (told: readonly ContactTold[]) => Promise<ContactTold[]>
}

export function createIdentityStore(pool: Postgres): IdentityStore {
  const recordRepeats = async (told: readonly PersonTold[]): Promise<void> => {
    if (told.length > 0) await pool.query(UPDATE_PERSON, [JSON.stringify(told)])
  }
  return {
    known: async (leads) => {
      const asked = leads.flatMap((lead) =>
        identitiesOf(lead).map(({ kind, value }) => ({ ask: lead.eventId, tenant: lead.tenant, kind, value })),
      )
      if (asked.length === 0) return new Map()
      const { rows } = await pool.query<KnownRow>(FIND_KNOWN, [JSON.stringify(asked)])
      const known = new Map<string, KnownLead[]>()
      for (const row of rows) known.set(row.ask, [...(known.get(row.ask) ?? []), toKnown(row)])
      return known
    },
    recordRepeats,
    recordUpdates: async (told) => {
      if (told.length === 0) return []
      const { rows } = await pool.query<{ n: number; lead_id: string; lead_created_at: Date }>(FIND_OF_CONTACT, [
        told.map(({ tenant }) => tenant),
        told.map(({ contact }) => contact),
      ])
      await recordRepeats(
        rows.map(({ n, lead_id, lead_created_at }) => {
          const { person, at } = told[n - 1]!
          return { leadId: lead_id, leadCreatedAt: lead_created_at.toISOString(), person, at }
        }),
      )
      const found = new Set(rows.map(({ n }) => n - 1))
      return told.filter((_, i) => !found.has(i))
    },
  }
}

/** $1: identityRows as JSON. Runs in the transaction that commits the leads. */
export const INSERT_IDENTITIES = `
  INSERT INTO hexroute.lead_identities (tenant, kind, value, lead_id, lead_created_at)
  SELECT tenant, kind, value, "leadId", "createdAt"
  FROM jsonb_to_recordset($1) AS r(tenant text, kind text, value text, "leadId" uuid, "createdAt" timestamptz)
  ON CONFLICT DO NOTHING`

export const identityRows = (lead: Lead): object[] =>
  identitiesOf(lead).map(({ kind, value }) => ({
    tenant: lead.tenant,
    kind,
    value,
    leadId: lead.leadId,
    createdAt: lead.createdAt,
  }))

type KnownRow = Omit<KnownLead, 'createdAt' | 'stateSince' | 'touchedAt'> & {
  ask: string
  createdAt: Date
  stateSince: Date | null
  touchedAt: Date | null
}

const toKnown = ({ ask: _, ...row }: KnownRow): KnownLead => ({
  ...row,
  createdAt: row.createdAt.toISOString(),
  stateSince: row.stateSince?.toISOString() ?? null,
  touchedAt: row.touchedAt?.toISOString() ?? null,
})

/**
 * The newest 50 leads of each identity: a filler that thousands share must not stop a batch. LIMIT 1 keeps the planner
 * from joining whole partitions; with created_at given, one partition is looked at.
 */
const FIND_KNOWN = `
  SELECT a.ask, i.lead_id AS "leadId", l.event_id AS "eventId", l.created_at AS "createdAt", l.lead_key AS key, a.kind,
    l.outcome = 'assigned' AS "isAssigned", l.location_id AS "locationId", l.user_id AS "userId", l.stage AS state,
    l.stage_at AS "stateSince", l.touched_at AS "touchedAt"
  FROM jsonb_to_recordset($1) AS a(ask text, tenant text, kind text, value text)
  CROSS JOIN LATERAL (
    SELECT k.lead_id, k.lead_created_at FROM hexroute.lead_identities k
    WHERE k.tenant = a.tenant AND k.kind = a.kind AND k.value = a.value ORDER BY k.lead_created_at DESC LIMIT 50) i
  CROSS JOIN LATERAL (
    SELECT * FROM hexroute.leads WHERE lead_id = i.lead_id AND created_at = i.lead_created_at LIMIT 1) l`

const FIND_OF_CONTACT = `
  SELECT a.n::integer AS n, i.lead_id, i.lead_created_at
  FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS a(tenant, contact, n)
  CROSS JOIN LATERAL (
    SELECT k.lead_id, k.lead_created_at FROM hexroute.lead_identities k
    WHERE k.tenant = a.tenant AND k.kind = 'contact' AND k.value = a.contact ORDER BY k.lead_created_at DESC LIMIT 1) i`

/** Sorted by DISTINCT ON, and one row a lead: two routers that update the same leads cannot deadlock for long. */
const UPDATE_PERSON = `
  UPDATE hexroute.leads l SET
    person_latest = CASE WHEN l.person_latest_at >= t.at THEN l.person_latest ELSE t.person END,
    person_latest_at = greatest(l.person_latest_at, t.at),
    touched_at = greatest(l.touched_at, t.at)
  FROM (SELECT DISTINCT ON ("leadId") * FROM jsonb_to_recordset($1)
          AS r("leadId" uuid, "leadCreatedAt" timestamptz, person jsonb, at timestamptz)
        ORDER BY "leadId", at DESC) t
  WHERE l.lead_id = t."leadId" AND l.created_at = t."leadCreatedAt"`
