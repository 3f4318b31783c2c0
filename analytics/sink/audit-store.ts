import type { Span } from './held-rows.ts'
import type { LedgerLine } from './plan-store.ts'
import type { Query } from './shard-lock.ts'

/** A batch that is done, with what it wrote into each table. */
export type AuditedBatch = Span & { stream: string; streamCreated: string; repairs: number; lines: LedgerLine[] }
export type AuditTimes = {
  everyMs: number
  /** A batch is looked at when it has been done for so long, */
  afterMs: number
  /** and again so long after each look, until its lines leave the ledger. */
  againMs: number
}
export type AuditStore = ReturnType<typeof createAuditStore>

/** The ledger as the audit reads it. */
export function createAuditStore(query: Query, database: string, stream: string) {
  return {
    due: async (
      streamCreated: string,
      { afterMs, againMs }: AuditTimes,
      batchesMax: number,
    ): Promise<AuditedBatch[]> => {
      const { rows } = await query<
        {
          [key in 'first' | 'last']: string
        } & { first_at: Date; last_at: Date; repairs: number; lines: LedgerLine[] }
      >(
        `SELECT first_seq::text AS first, last_seq::text AS last, first_at, last_at, max(repairs) AS repairs,
                jsonb_agg(jsonb_build_object('table', table_name, 'rowCount', row_count, 'idsXor', ids_xor::text, 'poison', poison)) AS lines
           FROM hexroute.sink_ledger
          WHERE database = $1 AND stream = $2 AND stream_created = $3
            AND done_at < now() - $4 * interval '1 millisecond'
            AND (audited_at IS NULL OR audited_at < now() - $5 * interval '1 millisecond')
          GROUP BY sink_ledger.first_seq, last_seq, first_at, last_at
          ORDER BY sink_ledger.first_seq LIMIT $6`,
        [database, stream, streamCreated, afterMs, againMs, batchesMax],
      )
      return rows.map(({ first, last, first_at, last_at, repairs, lines }) => ({
        ...{ stream, streamCreated, firstSeq: Number(first), lastSeq: Number(last), repairs, lines },
        ...{ firstAt: first_at.toISOString(), lastAt: last_at.toISOString() },
      }))
    },
    markAudited: async (batches: AuditedBatch[]): Promise<void> => {
      await query(
        `UPDATE hexroute.sink_ledger SET audited_at = now()
          WHERE database = $1 AND stream = $2 AND stream_created = $3 AND first_seq = ANY ($4)`,
        [database, stream, batches[0]!.streamCreated, batches.map(({ firstSeq }) => firstSeq)],
      )
    },
    countRepair: async ({ streamCreated, firstSeq }: AuditedBatch): Promise<void> => {
      await query(
        `UPDATE hexroute.sink_ledger SET repairs = repairs + 1
          WHERE database = $1 AND stream = $2 AND stream_created = $3 AND first_seq = $4`,
        [database, stream, streamCreated, firstSeq],
      )
    },
  }
}
