import type { LeadFact } from '../../contracts/lead-fact.ts'
import type { Place } from '../../decide/capacity/counter.ts'
import { type Postgres, transaction } from '../../kernel/postgres.ts'

export type LeadOfContact = { leadId: string; leadCreatedAt: string }
export type ClosedReservation = { tenant: string; leadId: string; attempt: number; places: Place[] }

export type FactStore = {
  /** `<location>/<contact id>` -> the lead that was written there. */
  leadsOf: (tenants: readonly string[], contactKeys: readonly string[]) => Promise<Map<string, LeadOfContact>>
  /**
   * Adds facts, moves the leads' status to their latest, and closes the reservations of leads that are no longer open.
   * @returns all closed reservations of these leads, also those closed lately: giving capacity back is idempotent.
   */
  record: (facts: readonly LeadFact[]) => Promise<ClosedReservation[]>
}

export function createFactStore(pool: Postgres): FactStore {
  return {
    leadsOf: async (tenants, contactKeys) => {
      const { rows } = await pool.query<{ key: string; lead_id: string; lead_created_at: Date }>(
        `SELECT key, lead_id, lead_created_at FROM hexroute.lead_keys
         WHERE kind = 'contact' AND (tenant, key) IN (SELECT * FROM unnest($1::text[], $2::text[]))`,
        [tenants, contactKeys],
      )
      return new Map(
        rows.map((row) => [row.key, { leadId: row.lead_id, leadCreatedAt: row.lead_created_at.toISOString() }]),
      )
    },
    record: (facts) =>
      transaction(pool, async (client) => {
        const json = JSON.stringify(facts)
        await client.query(INSERT_FACTS, [json])
        await client.query(UPDATE_STATUS, [json])
        const { rows } = await client.query<ClosedReservation>(CLOSE_RESERVATIONS, [facts.map(({ leadId }) => leadId)])
        return rows
      }),
  }
}

const FACTS = `jsonb_to_recordset($1) AS r("leadId" uuid, fact text, "occurredAt" timestamptz, "leadCreatedAt" timestamptz,
  tenant text, "locationId" text, value numeric, "eventId" uuid)`

const INSERT_FACTS = `
  INSERT INTO hexroute.lead_facts (lead_id, fact, occurred_at, lead_created_at, tenant, location_id, value, event_id)
  SELECT "leadId", fact, "occurredAt", "leadCreatedAt", tenant, "locationId", value, "eventId" FROM ${FACTS}
  ON CONFLICT DO NOTHING`

/** The latest status wins; of two at one instant the later word of the alphabet, so that the order of arrival never matters. */
const UPDATE_STATUS = `
  UPDATE hexroute.leads l SET status = s.fact, status_at = s."occurredAt"
  FROM (SELECT DISTINCT ON ("leadId") "leadId", "leadCreatedAt", fact, "occurredAt" FROM ${FACTS}
        WHERE fact IN ('open', 'won', 'lost', 'abandoned') ORDER BY "leadId", "occurredAt" DESC, fact DESC) s
  WHERE l.lead_id = s."leadId" AND l.created_at = s."leadCreatedAt"
    AND (l.status_at IS NULL OR (l.status_at, l.status) < (s."occurredAt", s.fact))`

/** Closed before: by a delivery that may have crashed before Redis heard of it. Redis remembers a week what it gave back. */
const CLOSE_RESERVATIONS = `
  WITH ended AS (
    SELECT lead_id FROM hexroute.leads WHERE lead_id = ANY($1) AND status <> 'open'
  ), closed AS (
    UPDATE hexroute.reservations SET state = 'CLOSED', changed_at = now()
    WHERE state = 'COMMITTED' AND lead_id IN (SELECT lead_id FROM ended)
    RETURNING tenant, lead_id, attempt, counter_keys, amounts
  ), all_closed AS (
    SELECT * FROM closed
    UNION ALL
    SELECT tenant, lead_id, attempt, counter_keys, amounts FROM hexroute.reservations
    WHERE state = 'CLOSED' AND lead_id = ANY($1) AND changed_at > now() - interval '3 days'
  )
  SELECT tenant, lead_id AS "leadId", attempt,
    (SELECT coalesce(json_agg(json_build_object('key', key, 'amount', amount)), '[]')
     FROM unnest(counter_keys, amounts) AS p(key, amount)) AS places
  FROM all_closed`
