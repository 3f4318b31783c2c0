import { iso } from '../../kernel/clock.ts'
import type { Postgres } from '../../kernel/postgres.ts'
import type { ReadFact } from '../steps/read-fact.ts'

export type LeadOfContact = { leadId: string; leadCreatedAt: string }

/** Facts that came before the delivery had stored whose contact it made. */
export type WaitingFacts = {
  keep: (facts: readonly ReadFact[], nowMs: number) => Promise<void>
  /** Those whose lead is known by now. They stay until removed. */
  resolved: (countMax: number) => Promise<{ fact: ReadFact; lead: LeadOfContact }[]>
  remove: (facts: readonly ReadFact[]) => Promise<void>
  /** Lets go of contacts that turn out not to be ours, and of what came before `beforeMs`. @returns how many. */
  forget: (beforeMs: number) => Promise<number>
}

export function createWaitingFacts(pool: Postgres): WaitingFacts {
  return {
    keep: async (facts, nowMs) => {
      if (facts.length > 0) await pool.query(KEEP, [JSON.stringify(facts), iso(nowMs)])
    },
    resolved: async (countMax) => {
      const { rows } = await pool.query<ResolvedRow>(RESOLVED, [countMax])
      return rows.map(({ leadId, leadCreatedAt, value, occurredAt, ...fact }) => ({
        lead: { leadId, leadCreatedAt: leadCreatedAt.toISOString() },
        fact: { ...fact, occurredAt: occurredAt.toISOString(), value: value === null ? null : Number(value) },
      }))
    },
    remove: async (facts) => {
      if (facts.length > 0) await pool.query(REMOVE, [JSON.stringify(facts)])
    },
    forget: async (beforeMs) => (await pool.query(FORGET, [iso(beforeMs)])).rowCount ?? 0,
  }
}

type ResolvedRow = Omit<ReadFact, 'occurredAt' | 'value'> & {
  occurredAt: Date
  value: string | null
  leadId: string
  leadCreatedAt: Date
}

const FACTS = `jsonb_to_recordset($1) AS r(tenant text, "contactKey" text, "locationId" text, kind text,
  "occurredAt" timestamptz, value numeric, "eventId" uuid)`

const KEEP = `
  INSERT INTO hexroute.waiting_facts (tenant, contact_key, fact, occurred_at, location_id, value, event_id, received_at)
  SELECT tenant, "contactKey", kind, "occurredAt", "locationId", value, "eventId", $2 FROM ${FACTS}
  ON CONFLICT DO NOTHING`

const RESOLVED = `
  SELECT w.tenant, w.contact_key AS "contactKey", w.location_id AS "locationId", w.fact AS kind,
    w.occurred_at AS "occurredAt", w.value, w.event_id AS "eventId", k.lead_id AS "leadId",
    k.lead_created_at AS "leadCreatedAt"
  FROM hexroute.waiting_facts w
  JOIN hexroute.lead_keys k ON k.tenant = w.tenant AND k.kind = 'contact' AND k.key = w.contact_key
  ORDER BY w.occurred_at LIMIT $1`

const REMOVE = `
  DELETE FROM hexroute.waiting_facts w USING ${FACTS}
  WHERE w.tenant = r.tenant AND w.contact_key = r."contactKey" AND w.fact = r.kind AND w.occurred_at = r."occurredAt"`

/** One statement and so one snapshot: a delivery that stores its contact meanwhile is seen before or after, not halfway. */
const FORGET = `
  DELETE FROM hexroute.waiting_facts w
  WHERE NOT EXISTS (SELECT 1 FROM hexroute.lead_keys k
                    WHERE k.tenant = w.tenant AND k.kind = 'contact' AND k.key = w.contact_key)
    AND (w.received_at < $1 OR NOT EXISTS (SELECT 1 FROM hexroute.deliveries d
                                           WHERE d.location_id = w.location_id AND d.state = 'started'))`
