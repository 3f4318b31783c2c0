import type { Postgres } from '../../kernel/postgres.ts'
import { LEAD_COLUMNS, type LeadRow } from './lead-row.ts'
import { createRulesetStore, type RulesetStore } from './ruleset-store.ts'

/** Decisions of the leads of one tenant that came in within [from, to), ISO 8601; null: no bound. */
export type ReplayRange = { tenant: string; from: string | null; to: string | null; leadId: string | null }

export type RecordedDecision = LeadRow & {
  /** To the microsecond: where the next page goes on. */
  createdAtText: string
  /** Which of the lead's decisions this is. */
  decidedAttempt: number
  hash: string
  /** As it was stored: what the hash covers. null: the lead is there without any decision. */
  text: string | null
}

export type Cursor = { createdAtText: string; leadId: string }
export type WithoutLead = { leadId: string; attempt: number }

export type ReplayStore = {
  /** All decisions of the next leads after the cursor, oldest lead first; empty at the end. */
  decisions: (range: ReplayRange, after: Cursor | null, leadsMax: number) => Promise<RecordedDecision[]>
  /** Decisions whose lead is gone, by lead and attempt. */
  withoutLead: (range: ReplayRange, after: WithoutLead, countMax: number) => Promise<WithoutLead[]>
  loadRuleset: RulesetStore['load']
}

export function createReplayStore(pool: Postgres): ReplayStore {
  const bounds = ({ tenant, from, to, leadId }: ReplayRange) => [tenant, from, to, leadId]
  return {
    decisions: async (range, after, leadsMax) => {
      const start = [after?.createdAtText ?? null, after?.leadId ?? null]
      const { rows } = await pool.query<RecordedDecision>(DECISIONS, [...bounds(range), ...start, leadsMax])
      return rows
    },
    withoutLead: async (range, { leadId, attempt }, countMax) => {
      const { rows } = await pool.query<WithoutLead>(WITHOUT_LEAD, [...bounds(range), leadId, attempt, countMax])
      return rows
    },
    loadRuleset: createRulesetStore(pool).load,
  }
}

/**
 * By the index over a tenant's leads in time, then by that of each lead's decisions: a day of a year reads that day. OFFSET 0
 * keeps the planner from reading all decisions for each page.
 */
const DECISIONS = `
  SELECT ${LEAD_COLUMNS}, l.created_at::text AS "createdAtText", coalesce(d.attempt, l.attempt) AS "decidedAttempt",
    coalesce(d.hash, '') AS hash, d.document AS text
  FROM (
    SELECT * FROM hexroute.leads
    WHERE tenant = $1 AND created_at >= coalesce($5::timestamptz, $2::timestamptz, '-infinity')
      AND created_at < coalesce($3::timestamptz, 'infinity') AND ($4::uuid IS NULL OR lead_id = $4)
      AND ($5::timestamptz IS NULL OR (created_at, lead_id) > ($5::timestamptz, $6::uuid))
    ORDER BY created_at, lead_id LIMIT $7) l
  LEFT JOIN LATERAL (
    SELECT attempt, hash, document FROM hexroute.decisions
    WHERE lead_id = l.lead_id AND lead_created_at = l.created_at OFFSET 0) d ON true
  ORDER BY l.created_at, l.lead_id, d.attempt`

const WITHOUT_LEAD = `
  SELECT d.lead_id AS "leadId", d.attempt FROM hexroute.decisions d
  WHERE d.tenant = $1 AND d.lead_created_at >= coalesce($2::timestamptz, '-infinity')
    AND d.lead_created_at < coalesce($3::timestamptz, 'infinity') AND ($4::uuid IS NULL OR d.lead_id = $4)
    AND (d.lead_id, d.attempt) > ($5::uuid, $6::smallint)
    AND NOT EXISTS (SELECT FROM hexroute.leads l WHERE l.lead_id = d.lead_id AND l.created_at = d.lead_created_at)
  ORDER BY d.lead_id, d.attempt LIMIT $7`
