import type { ClickHouseClient } from '@clickhouse/client'
import type { Nats } from '../../../kernel/nats.ts'
import type { Postgres } from '../../../kernel/postgres.ts'
import { readCreated, readRange } from '../../sink/read-range.ts'
import { insertRows } from '../../sink/write-batch.ts'
import type { Projection, TableRows } from '../../steps/projections.ts'
import { toBatch } from '../../steps/to-batch.ts'
import { REBUILD_DATABASE } from './new-tables.ts'

const BATCH_MESSAGES = 5_000

/** Where the sinks are: the end of the newest plan of a stream, done or not. 0 before the first. */
export async function readSinkPosition(postgres: Postgres, nats: Nats, stream: string): Promise<number> {
  const { rows } = await postgres.query<{ last: number }>(
    `SELECT coalesce(max(last_seq), 0)::float8 AS last FROM hexroute.sink_plans
      WHERE database = 'hexroute' AND stream = $1 AND stream_created = $2`,
    [stream, await readCreated(nats, stream)],
  )
  return rows[0]!.last
}

export type FillStream = {
  nats: Nats
  clickhouse: ClickHouseClient
  stream: string
  projection: Projection
  /** Both included. */
  fromSeq: number
  toSeq: number
  onBatch: (seq: number) => void
}

/** Messages of the stream to rows of the copies, by the sink's own projections. Gaps are passed over. */
export async function fillFromStream(options: FillStream): Promise<void> {
  const { nats, clickhouse, stream, projection, toSeq, onBatch } = options
  const { state } = await nats.manager.streams.info(stream)
  for (let first = Math.max(options.fromSeq, state.first_seq); first <= toSeq; first += BATCH_MESSAGES) {
    const last = Math.min(first + BATCH_MESSAGES - 1, toSeq)
    const messages = await readRange(nats, stream, first, last)
    if (messages.length > 0) {
      const { tables } = toBatch(messages, projection)
      await insertTables(clickhouse, tables, `rebuild:${stream}:${first}-${last}`)
    }
    onBatch(last)
  }
}

/** Into the copies, as the sink writes into the live tables. */
export async function insertTables(
  clickhouse: ClickHouseClient,
  tables: readonly TableRows[],
  token: string,
): Promise<void> {
  const copies = { clickhouse, database: REBUILD_DATABASE }
  for (const { table, rows } of tables) await insertRows(copies, table, rows, `${token}:${table}`)
}
