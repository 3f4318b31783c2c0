import type { Person } from '../../contracts/event.ts'
import { groupBy } from '../../decide/group-by.ts'
import type { Lead } from '../../decide/lead.ts'
import { iso } from '../../kernel/clock.ts'
import { type Postgres, transaction } from '../../kernel/postgres.ts'
import { erasedContact, type Identity, identitiesOf } from '../steps/identities.ts'
import type { KnownLead } from '../steps/known-person.ts'
import type { ReadUpdate } from '../steps/read-update.ts'
import { leadIds } from './fact-sql.ts'
import { prepared } from './prepared.ts'

/** What is new about the person of a lead, and when it was told. */
export type PersonTold = { leadId: string; leadCreatedAt: string; person: Person; at: string }

export type IdentityStore = {
  /** Event id of each lead -> the leads of the same person, also this one when it is stored already; one query. */
  known: (leads: readonly Lead[]) => Promise<Map<string, KnownLead[]>>
  /** The latest word about a person stays; it is activity of the lead. Any order, any number of times. */
  recordRepeats: (told: readonly PersonTold[]) => Promise<void>
  /** The same for contacts of intake sub-accounts: their newest leads. Those that are no lead yet wait for theirs. */
  recordUpdates: (told: readonly ReadUpdate[], nowMs: number) => Promise<void>
  /** Updates whose lead has come. To be repeated every few seconds. @returns how many found theirs. */
  recordWaiting: (nowMs: number) => Promise<number>
}

/** As long as the platform repeats the webhook that makes the lead. */
const WAITING_KEPT_MS = 2 * 3_600_000

export function createIdentityStore(pool: Postgres): IdentityStore {
  /** Of what waits, the part whose contact is a lead by now; two routers take different rows. */
  const record = (contacts: readonly string[] | null): Promise<number> =>
    transaction(pool, async (client) => {
      const { rows } = await client.query<WaitingRow>(FIND_WAITING, [contacts])
      if (rows.length === 0) return 0
      const told = rows.map(({ at, leadCreatedAt, ...row }) => ({
        ...row,
        at: at.toISOString(),
        leadCreatedAt: leadCreatedAt.toISOString(),
      }))
      await client.query(UPDATE_PEOPLE, [JSON.stringify(told), ...leadIds(told)])
      await client.query(REMOVE_WAITING, [rows.map(({ tenant }) => tenant), rows.map(({ contact }) => contact)])
      return rows.length
    })
  return {
    known: async (leads) => {
      const asked = leads.flatMap((lead) =>
        askedOf(lead).map(({ kind, value }) => ({ ask: lead.eventId, tenant: lead.tenant, kind, value })),
      )
      if (asked.length === 0) return new Map()
      const { rows } = await pool.query<KnownRow>({ ...FIND_KNOWN, values: [JSON.stringify(asked)] })
      return new Map([...groupBy(rows, ({ ask }) => ask)].map(([ask, group]) => [ask, group.map(toKnown)]))
    },
    recordRepeats: async (told) => {
      if (told.length > 0) await pool.query(UPDATE_PEOPLE, [JSON.stringify(told), ...leadIds(told)])
    },
    // First down, then looked up: a lead that is committed in between finds its update, or the update its lead.
    recordUpdates: async (told, nowMs) => {
      if (told.length === 0) return
      await pool.query(KEEP_PEOPLE, [JSON.stringify(told), iso(nowMs)])
      await record(told.map(({ contact }) => contact))
    },
    recordWaiting: async (nowMs) => {
      const found = await record(null)
      await pool.query('DELETE FROM hexroute.waiting_people WHERE received_at < $1', [iso(nowMs - WAITING_KEPT_MS)])
      return found
    },
  }
}

/** The contact also as one that was erased: its next enquiry must not take the id of the erased one. */
const askedOf = (lead: Lead): Identity[] =>
  identitiesOf(lead).flatMap((identity) =>
    identity.kind === 'contact' ? [identity, erasedContact(identity.value)] : [identity],
  )

/** $1: identityRows as JSON. Runs in the transaction that has just claimed these leads: none of the rows can be there. */
export const INSERT_IDENTITIES = prepared(`
  INSERT INTO hexroute.lead_identities (tenant, kind, value, lead_id, lead_created_at)
  SELECT tenant, kind, value, "leadId", "createdAt"
  FROM jsonb_to_recordset($1) AS r(tenant text, kind text, value text, "leadId" uuid, "createdAt" timestamptz)`)

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
const FIND_KNOWN = prepared(`
  SELECT a.ask, i.lead_id AS "leadId", l.event_id AS "eventId", l.created_at AS "createdAt", l.lead_key AS key, a.kind,
    l.outcome = 'assigned' AS "isAssigned", l.person = '{}' AS "isErased", l.location_id AS "locationId", l.user_id AS "userId", l.stage AS state,
    l.stage_at AS "stateSince", l.touched_at AS "touchedAt"
  FROM jsonb_to_recordset($1) AS a(ask text, tenant text, kind text, value text)
  CROSS JOIN LATERAL (
    SELECT k.lead_id, k.lead_created_at FROM hexroute.lead_identities k
    WHERE k.tenant = a.tenant AND k.kind = a.kind AND k.value = a.value ORDER BY k.lead_created_at DESC LIMIT 50) i
  CROSS JOIN LATERAL (
    SELECT * FROM hexroute.leads WHERE lead_id = i.lead_id AND created_at = i.lead_created_at LIMIT 1) l`)

const KEEP_PEOPLE = `
  INSERT INTO hexroute.waiting_people AS w (tenant, contact, person, told_at, received_at)
  SELECT DISTINCT ON (tenant, contact) tenant, contact, person, at, $2::timestamptz
  FROM jsonb_to_recordset($1) AS r(tenant text, contact text, person jsonb, at timestamptz)
  ORDER BY tenant, contact, at DESC
  ON CONFLICT (tenant, contact) DO UPDATE SET person = excluded.person, told_at = excluded.told_at,
    received_at = excluded.received_at
    WHERE w.told_at < excluded.told_at`

/** $1 what was told · $2 to $4 leadIds. Locked in the order of their ids, as whoever records facts does. */
const UPDATE_PEOPLE = `
  WITH told AS (
    SELECT DISTINCT ON ("leadId") * FROM jsonb_to_recordset($1) AS r("leadId" uuid, person jsonb, at timestamptz)
    ORDER BY "leadId", at DESC
  ), locked AS (
    SELECT lead_id FROM hexroute.leads WHERE lead_id = ANY($2) AND created_at BETWEEN $3 AND $4
    ORDER BY lead_id FOR UPDATE
  )
  UPDATE hexroute.leads l SET
    person_latest = CASE WHEN l.person_latest_at >= t.at THEN l.person_latest ELSE t.person END,
    person_latest_at = greatest(l.person_latest_at, t.at),
    touched_at = greatest(l.touched_at, t.at)
  FROM told t JOIN locked ON locked.lead_id = t."leadId"
  WHERE l.person <> '{}' AND l.lead_id = t."leadId" AND l.lead_id = ANY($2) AND l.created_at BETWEEN $3 AND $4`

type WaitingRow = {
  tenant: string
  contact: string
  person: Person
  at: Date
  leadId: string
  leadCreatedAt: Date
}

/** $1 contacts, or null for all. */
const FIND_WAITING = `
  SELECT w.tenant, w.contact, w.person, w.told_at AS at, i.lead_id AS "leadId", i.lead_created_at AS "leadCreatedAt"
  FROM hexroute.waiting_people w
  CROSS JOIN LATERAL (
    SELECT k.lead_id, k.lead_created_at FROM hexroute.lead_identities k
    WHERE k.tenant = w.tenant AND k.kind = 'contact' AND k.value = w.contact
    ORDER BY k.lead_created_at DESC LIMIT 1) i
  WHERE $1::text[] IS NULL OR w.contact = ANY($1)
  ORDER BY w.tenant, w.contact LIMIT 1000 FOR UPDATE OF w SKIP LOCKED`

const REMOVE_WAITING = `
  DELETE FROM hexroute.waiting_people w USING unnest($1::text[], $2::text[]) AS r(tenant, contact)
  WHERE w.tenant = r.tenant AND w.contact = r.contact`
