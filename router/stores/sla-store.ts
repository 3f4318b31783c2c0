import type { Decision } from '../../contracts/decision.ts'
import { iso } from '../../kernel/clock.ts'
import { type Postgres, transaction } from '../../kernel/postgres.ts'
import { prepared } from './prepared.ts'

/** A promise that was not kept. `isCurrent` is false when the lead has been decided again meanwhile. */
export type MissedTimer = { leadId: string; attempt: number; isCurrent: boolean }

export type SlaStore = {
  /**
   * Takes over the timers that have run out without a touch, and marks them breached; another router gets other ones.
   * Those taken and not settled within `leaseMs` are given out again.
   */
  takeMissed: (nowMs: number, countMax: number, leaseMs: number) => Promise<MissedTimer[]>
  /** Nothing is left to do for this attempt; a timer of a later attempt stays. */
  settle: (missed: readonly MissedTimer[], nowMs: number) => Promise<void>
  /** Says that a router is alive. @returns by how long all open deadlines were shifted because none was, ms; mostly 0. */
  beat: (nowMs: number, outageMs: number) => Promise<number>
}

export function createSlaStore(pool: Postgres): SlaStore {
  return {
    takeMissed: async (nowMs, countMax, leaseMs) => {
      const { rows } = await pool.query<MissedTimer>(TAKE_MISSED, [iso(nowMs), countMax, iso(nowMs - leaseMs)])
      return rows
    },
    settle: async (missed, nowMs) => {
      await pool.query(SETTLE, [missed.map(({ leadId }) => leadId), missed.map(({ attempt }) => attempt), iso(nowMs)])
    },
    beat: (nowMs, outageMs) =>
      transaction(pool, async (client) => {
        await client.query('INSERT INTO hexroute.router_beats (id, beat_at) VALUES (1, $1) ON CONFLICT DO NOTHING', [
          iso(nowMs),
        ])
        const { rows } = await client.query<{ beat_at: Date }>(
          'SELECT beat_at FROM hexroute.router_beats WHERE id = 1 FOR UPDATE',
        )
        const lastMs = rows[0]!.beat_at.getTime()
        if (nowMs <= lastMs) return 0
        const isOutage = nowMs - lastMs > outageMs
        if (isOutage) await client.query(SHIFT_DEADLINES, [iso(lastMs), iso(nowMs)])
        await client.query('UPDATE hexroute.router_beats SET beat_at = $1 WHERE id = 1', [iso(nowMs)])
        return isOutage ? nowMs - lastMs : 0
      }),
  }
}

/** $1: slaTimerRow of each assignment, as JSON. Runs in the transaction that commits them; a later attempt takes over. */
export const START_SLA_TIMERS = prepared(`
  INSERT INTO hexroute.sla_timers AS t (lead_id, lead_created_at, tenant, attempt, started_at, due_at)
  SELECT "leadId", "leadCreatedAt", tenant, attempt, "startedAt", "dueAt"
  FROM jsonb_to_recordset($1) AS r("leadId" uuid, "leadCreatedAt" timestamptz, tenant text, attempt smallint,
    "startedAt" timestamptz, "dueAt" timestamptz)
  ORDER BY "leadId"
  ON CONFLICT (lead_id) DO UPDATE SET attempt = excluded.attempt, started_at = excluded.started_at,
    due_at = excluded.due_at, touched_at = NULL, breached_at = NULL, asked_at = NULL, settled_at = NULL
    WHERE t.attempt < excluded.attempt`)

/** `dueMs`: slaDeadline of the owner, counted from the decision. */
export const slaTimerRow = (decision: Decision, dueMs: number): object => ({
  leadId: decision.leadId,
  leadCreatedAt: decision.leadCreatedAt,
  tenant: decision.tenant,
  attempt: decision.attempt,
  startedAt: decision.decidedAt,
  dueAt: iso(dueMs),
})

/**
 * One statement, so that touch and breach cannot both win: whoever gets the row lock second sees the other's mark. A
 * touch that came after the breach does not take the lead back. LIMIT 1 keeps the planner from joining whole partitions.
 */
const TAKE_MISSED = `
  WITH taken AS (
    SELECT lead_id, lead_created_at FROM hexroute.sla_timers
    WHERE settled_at IS NULL AND due_at <= $1 AND (asked_at IS NULL OR asked_at <= $3)
    ORDER BY due_at LIMIT $2 FOR UPDATE SKIP LOCKED
  )
  UPDATE hexroute.sla_timers t SET asked_at = $1, breached_at = coalesce(t.breached_at, $1)
  FROM taken CROSS JOIN LATERAL (
    SELECT attempt, outcome FROM hexroute.leads
    WHERE lead_id = taken.lead_id AND created_at = taken.lead_created_at LIMIT 1) l
  WHERE t.lead_id = taken.lead_id
  RETURNING t.lead_id AS "leadId", t.attempt, l.attempt = t.attempt AND l.outcome = 'assigned' AS "isCurrent"`

/**
 * $1: [{leadId, locationId, at}] as JSON. Only the owner's touch counts. GHL's clock may be behind ours: two
 * minutes before the start are still after it. A touch after the breach is noted, and changes nothing.
 */
export const TOUCH_SLA_TIMERS = `
  UPDATE hexroute.sla_timers t SET touched_at = least(t.touched_at, f.at),
    settled_at = coalesce(t.settled_at, CASE WHEN t.breached_at IS NULL THEN f.at END)
  FROM (
    SELECT s.lead_id, s.attempt, min(r.at) AS at
    FROM jsonb_to_recordset($1) AS r("leadId" uuid, "locationId" text, at timestamptz)
    JOIN hexroute.sla_timers s ON s.lead_id = r."leadId" AND r.at >= s.started_at - interval '2 minutes'
    CROSS JOIN LATERAL (
      SELECT attempt, outcome, location_id FROM hexroute.leads
      WHERE lead_id = s.lead_id AND created_at = s.lead_created_at LIMIT 1) l
    WHERE l.attempt = s.attempt AND l.outcome = 'assigned' AND l.location_id = r."locationId"
    GROUP BY s.lead_id, s.attempt) f
  WHERE t.lead_id = f.lead_id AND t.attempt = f.attempt`

const SETTLE = `
  UPDATE hexroute.sla_timers t SET settled_at = $3
  FROM unnest($1::uuid[], $2::smallint[]) AS m(lead_id, attempt)
  WHERE t.lead_id = m.lead_id AND t.attempt = m.attempt AND t.settled_at IS NULL`

/** Promises made during the outage wait only for the part of it that they have seen. */
const SHIFT_DEADLINES = `
  UPDATE hexroute.sla_timers SET due_at = due_at + ($2::timestamptz - greatest($1::timestamptz, started_at))
  WHERE settled_at IS NULL AND breached_at IS NULL AND started_at < $2::timestamptz`
