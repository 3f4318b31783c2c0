import type { Postgres } from '../../kernel/postgres.ts'

export type Waiting = { leadId: string; attempt: number }

export type QueueStore = {
  /**
   * The oldest of each queue of held leads, and those whose time is over: oldest first. Leads that wait for the same places
   * for the same reason stand in one queue.
   */
  heads: (nowMs: number, perQueueMax: number, countMax: number) => Promise<Waiting[]>
  /** Of these, those whose time is over are no heads for a minute, wherever in their queue they stand. */
  looked: (leadIds: readonly string[], nowMs: number) => Promise<void>
  /** How many held leads wait for each location, by tenant. */
  waiting: () => Promise<Map<string, Record<string, number>>>
  /** Leads whose pond group has had its time. */
  unclaimed: (nowMs: number, countMax: number) => Promise<Waiting[]>
}

export function createQueueStore(pool: Postgres): QueueStore {
  return {
    heads: async (nowMs, perQueueMax, countMax) => {
      const { rows } = await pool.query<Waiting>(HEADS, [new Date(nowMs), perQueueMax, countMax])
      return rows
    },
    looked: async (leadIds, nowMs) => {
      if (leadIds.length === 0) return
      await pool.query(
        'UPDATE hexroute.held_leads SET looked_at = $2 WHERE lead_id = ANY($1) AND until <= $2::timestamptz',
        [leadIds, new Date(nowMs)],
      )
    },
    waiting: async () => {
      const { rows } = await pool.query<{ tenant: string; location: string; count: number }>(
        `SELECT tenant, location, count(*) AS count FROM hexroute.held_leads, unnest(waits_for) AS location
         GROUP BY tenant, location`,
      )
      const counts = new Map<string, Record<string, number>>()
      for (const { tenant, location, count } of rows) {
        counts.set(tenant, { ...counts.get(tenant), [location]: count })
      }
      return counts
    },
    unclaimed: async (nowMs, countMax) => {
      const { rows } = await pool.query<Waiting>(
        `SELECT lead_id AS "leadId", attempt FROM hexroute.pond_leads WHERE until <= $1 ORDER BY until LIMIT $2`,
        [new Date(nowMs), countMax],
      )
      return rows
    },
  }
}

const HEADS = `
  SELECT lead_id AS "leadId", attempt FROM (
    SELECT lead_id, attempt, held_since, position, is_over FROM (
      SELECT lead_id, attempt, held_since,
        until <= $1 AND (looked_at IS NULL OR looked_at <= $1::timestamptz - interval '1 minute') AS is_over,
        row_number() OVER (PARTITION BY tenant, reason, waits_for ORDER BY held_since, lead_id) AS position
      FROM hexroute.held_leads) queued
    WHERE is_over OR position <= $2
    ORDER BY is_over DESC, position, held_since LIMIT $3) first
  ORDER BY held_since, lead_id`
