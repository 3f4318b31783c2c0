import type { Query } from './shard-lock.ts'

/** A batch that the sink has promised to write: which messages, and the token that stands for their rows. */
export type Plan = {
  stream: string
  /** ISO 8601 with milliseconds. */
  streamCreated: string
  firstSeq: number
  lastSeq: number
  rowCount: number
  token: string
}
export type PlanStore = ReturnType<typeof createPlanStore>

/** The sink's position: the newest plan of a stream. Open, it is written again as it was cut; done, the next follows. */
export function createPlanStore(query: Query) {
  return {
    newest: async (stream: string, streamCreated: string): Promise<(Plan & { done: boolean }) | null> => {
      const { rows } = await query<{ first: string; last: string; count: number; token: string; done: boolean }>(
        `SELECT first_seq::text AS first, last_seq::text AS last, row_count AS count, token, state = 'done' AS done
           FROM hexroute.sink_plans WHERE stream = $1 AND stream_created = $2 ORDER BY first_seq DESC LIMIT 1`,
        [stream, streamCreated],
      )
      const row = rows[0]
      if (!row) return null
      const { count, token, done } = row
      return {
        stream,
        streamCreated,
        firstSeq: Number(row.first),
        lastSeq: Number(row.last),
        rowCount: count,
        token,
        done,
      }
    },
    save: async (plan: Plan): Promise<void> => {
      await query(
        `INSERT INTO hexroute.sink_plans (stream, stream_created, first_seq, last_seq, row_count, token, state)
         VALUES ($1, $2, $3, $4, $5, $6, 'planned')`,
        [plan.stream, plan.streamCreated, plan.firstSeq, plan.lastSeq, plan.rowCount, plan.token],
      )
    },
    markDone: async (plan: Plan): Promise<void> => {
      await query(
        `UPDATE hexroute.sink_plans SET state = 'done', done_at = now()
          WHERE stream = $1 AND stream_created = $2 AND first_seq = $3`,
        [plan.stream, plan.streamCreated, plan.firstSeq],
      )
    },
    /** Everything before the plan, also of an earlier stream of that name, whose messages are gone. */
    prune: async (plan: Plan): Promise<void> => {
      await query(
        `DELETE FROM hexroute.sink_plans
          WHERE stream = $1 AND (stream_created <> $2 OR (first_seq < $3 AND state = 'done'))`,
        [plan.stream, plan.streamCreated, plan.firstSeq],
      )
    },
  }
}
