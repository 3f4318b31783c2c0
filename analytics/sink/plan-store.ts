import type { Query } from './shard-lock.ts'
import type { Planned, SeqRange } from './write-batch.ts'

/** A batch that the sink has promised to write: which messages, and the token that stands for their rows. */
export type Plan = Planned & {
  stream: string
  /** ISO 8601 with milliseconds. */
  streamCreated: string
  rowCount: number
}
/** What a done batch left in one table; `idsXor` as steps/ids-xor.ts makes it. */
export type LedgerLine = { table: string; rowCount: number; idsXor: string; poison: number[] }
/** JetStream's times of the first and the last message, ISO 8601. */
type Times = { firstAt: string; lastAt: string }
export type PlanStore = ReturnType<typeof createPlanStore>

/** Somebody else is the sink of this stream: nothing was written. */
class Deposed extends Error {
  override name = 'Deposed'
}

/** Fails for who was deposed, and holds a successor back until the statement is through. */
const ofEpoch = 'SELECT 1 FROM hexroute.sink_epochs WHERE database = $1 AND stream = $2 AND epoch = $3 FOR SHARE'

/** At a batch a second in five tables, 432,000 lines. */
const LEDGER_HOURS = 24

type PlanRow = {
  first: string
  last: string
  count: number
  token: string
  done: boolean
  refused: [string, number, number][]
}

/** The sink's position: the newest plan of a stream. Open, it is written again as it was cut; done, the next follows. */
export function createPlanStore(query: Query, database: string) {
  const epochs = new Map<string, string>()
  const held = (stream: string): [string, string, string] => [database, stream, epochs.get(stream) ?? '0']
  const mustHold = (stream: string, rowCount: number | null): void => {
    if (rowCount === 0) throw new Deposed(`another sink has taken ${stream}`)
  }

  return {
    /** From here on the sink before cannot plan or finish a batch of the stream. */
    takeOver: async (stream: string): Promise<void> => {
      const { rows } = await query<{ epoch: string }>(
        `INSERT INTO hexroute.sink_epochs AS e (database, stream, epoch) VALUES ($1, $2, 1)
         ON CONFLICT (database, stream) DO UPDATE SET epoch = e.epoch + 1, taken_at = now() RETURNING epoch::text`,
        [database, stream],
      )
      epochs.set(stream, rows[0]!.epoch)
    },
    newest: async (stream: string, streamCreated: string): Promise<(Plan & { done: boolean }) | null> => {
      const { rows } = await query<PlanRow>(
        `SELECT first_seq::text AS first, last_seq::text AS last, row_count AS count, token, state = 'done' AS done, refused
           FROM hexroute.sink_plans WHERE database = $1 AND stream = $2 AND stream_created = $3
          ORDER BY first_seq DESC LIMIT 1`,
        [database, stream, streamCreated],
      )
      const row = rows[0]
      if (!row) return null
      const { count, token, done } = row
      const refused = row.refused.map(([table, firstSeq, lastSeq]) => ({ table, firstSeq, lastSeq }))
      const range = { firstSeq: Number(row.first), lastSeq: Number(row.last) }
      return { stream, streamCreated, ...range, rowCount: count, token, refused, done }
    },
    save: async (plan: Plan): Promise<void> => {
      const { rowCount } = await query(
        `WITH held AS (${ofEpoch})
         INSERT INTO hexroute.sink_plans (database, stream, epoch, stream_created, first_seq, last_seq, row_count, token, state)
         SELECT $1, $2, $3, $4, $5, $6, $7, $8, 'planned' FROM held`,
        [...held(plan.stream), plan.streamCreated, plan.firstSeq, plan.lastSeq, plan.rowCount, plan.token],
      )
      mustHold(plan.stream, rowCount)
    },
    recordRefused: async (plan: Plan, { table, firstSeq, lastSeq }: SeqRange): Promise<void> => {
      const { rowCount } = await query(
        `WITH held AS (${ofEpoch})
         UPDATE hexroute.sink_plans SET refused = refused || jsonb_build_array($6::jsonb)
          WHERE database = $1 AND stream = $2 AND stream_created = $4 AND first_seq = $5 AND EXISTS (SELECT FROM held)`,
        [...held(plan.stream), plan.streamCreated, plan.firstSeq, JSON.stringify([table, firstSeq, lastSeq])],
      )
      mustHold(plan.stream, rowCount)
    },
    /** With the lines of the ledger, in one statement: what is done can be audited, and nothing else. */
    markDone: async (plan: Plan, ledger: LedgerLine[], { firstAt, lastAt }: Times): Promise<void> => {
      const { rows } = await query<{ done: number }>(
        `WITH held AS (${ofEpoch}), done AS (
           UPDATE hexroute.sink_plans SET state = 'done', done_at = now()
            WHERE database = $1 AND stream = $2 AND stream_created = $4 AND first_seq = $5 AND EXISTS (SELECT FROM held)
           RETURNING *), lines AS (
           INSERT INTO hexroute.sink_ledger
             (database, stream, stream_created, table_name, first_seq, last_seq, first_at, last_at, row_count,
              ids_xor, poison)
           SELECT d.database, d.stream, d.stream_created, l."table", d.first_seq, d.last_seq, $7, $8,
                  l."rowCount", l."idsXor", l.poison
             FROM done d, jsonb_to_recordset($6) AS l ("table" text, "rowCount" bigint, "idsXor" bigint, poison bigint[])
           ON CONFLICT DO NOTHING)
         SELECT count(*)::int AS done FROM done`,
        [...held(plan.stream), plan.streamCreated, plan.firstSeq, JSON.stringify(ledger), firstAt, lastAt],
      )
      mustHold(plan.stream, rows[0]!.done)
    },
    /** Everything before the plan, also of an earlier stream of that name, whose messages are gone; and the ledger's old lines. */
    prune: async (plan: Plan): Promise<void> => {
      await query(
        `DELETE FROM hexroute.sink_ledger
          WHERE database = $1 AND stream = $2 AND (stream_created <> $3 OR done_at < now() - $4 * interval '1 hour')`,
        [database, plan.stream, plan.streamCreated, LEDGER_HOURS],
      )
      await query(
        `DELETE FROM hexroute.sink_plans
          WHERE database = $1 AND stream = $2 AND (stream_created <> $3 OR (first_seq < $4 AND state = 'done'))`,
        [database, plan.stream, plan.streamCreated, plan.firstSeq],
      )
    },
  }
}
