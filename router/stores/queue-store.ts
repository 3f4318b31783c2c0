import type { Postgres } from '../../kernel/postgres.ts'

export type Waiting = { leadId: string; attempt: number }

export type QueueStore = {
  /** The oldest of each queue of held leads: those that wait for the same places stand in one. Oldest first. */
  heads: (perQueueMax: number, countMax: number) => Promise<Waiting[]>
  /** How many held leads wait for each location, by tenant. */
  waiting: () => Promise<Map<string, Record<string, number>>>
  /** Leads whose pond group has had its time. */
  unclaimed: (nowMs: number, countMax: number) => Promise<Waiting[]>
}

export function createQueueStore(pool: Postgres): QueueStore {
  return {
    heads: async (perQueueMax, countMax) => {
      const { rows } = await pool.query<Waiting>(
        `SELECT lead_id AS "leadId", attempt FROM (
           SELECT lead_id, attempt, held_since,
             row_number() OVER (PARTITION BY tenant, waits_for ORDER BY held_since, lead_id) AS position
           FROM hexroute.held_leads) queued
         WHERE position <= $1 ORDER BY held_since, lead_id LIMIT $2`,
        [perQueueMax, countMax],
      )
      return rows
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
