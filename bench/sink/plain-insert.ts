import type { ClickHouseClient } from '@clickhouse/client'
import { readRange } from '../../analytics/sink/stream-reader.ts'
import { createProjections, type Projection, type Row } from '../../analytics/steps/projections.ts'
import { toBatch } from '../../analytics/steps/to-batch.ts'
import { streams } from '../../contracts/streams.ts'
import type { Nats } from '../../kernel/nats.ts'

export type Plain = { rows: number; s: number; rowsPerS: number }

const BATCH = 10_000

/**
 * The same rows into the same tables, with the same views and fsync: no stream, plan or projection in the time that is
 * taken, four streams side by side as the sink has them. Tables are emptied first, tokens are not given.
 */
export async function plainInsert(clickhouse: ClickHouseClient, nats: Nats): Promise<Plain> {
  const projections = createProjections()
  const lanes: { table: string; rows: Row[] }[][] = []
  for (const key of Object.keys(projections) as (keyof typeof projections)[]) {
    const { state } = await nats.manager.streams.info(streams[key].name)
    const lane: (typeof lanes)[number] = []
    for (let seq = state.first_seq; seq <= state.last_seq; seq += BATCH) {
      const messages = await readRange(nats, streams[key].name, seq, Math.min(seq + BATCH - 1, state.last_seq))
      lane.push(...toBatch(messages, projections[key] as Projection).tables)
    }
    lanes.push(lane)
  }
  for (const table of new Set(lanes.flat().map((part) => part.table))) {
    await clickhouse.command({ query: 'TRUNCATE TABLE hexroute.{table:Identifier}', query_params: { table } })
  }
  const startMs = performance.now()
  await Promise.all(
    lanes.map(async (lane) => {
      for (const { table, rows } of lane) {
        await clickhouse.insert({
          ...{ table: `hexroute.${table}`, values: rows, format: 'JSONEachRow' },
          clickhouse_settings: { async_insert: 0, insert_deduplicate: 0, max_partitions_per_insert_block: '0' },
        })
      }
    }),
  )
  const s = (performance.now() - startMs) / 1_000
  const rows = lanes.flat().reduce((sum, part) => sum + part.rows.length, 0)
  return { rows, s, rowsPerS: rows / s }
}
