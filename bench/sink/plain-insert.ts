import type { ClickHouseClient } from '@clickhouse/client'
import { readRange } from '../../analytics/sink/read-range.ts'
import { createProjections, type Projection, type Row } from '../../analytics/steps/projections.ts'
import { toBatch } from '../../analytics/steps/to-batch.ts'
import { streams } from '../../contracts/streams.ts'
import type { Nats } from '../../kernel/nats.ts'

export type Plain = { rows: number; s: number; rowsPerS: number }

/**
 * The same rows into the same tables, with the same views, fsync and format: no stream, plan or projection in the time that is
 * taken, tables side by side as the sink has them. Tables are emptied first, tokens are not given.
 */
export async function plainInsert(clickhouse: ClickHouseClient, nats: Nats, batch: number): Promise<Plain> {
  const projections = createProjections()
  const lanes = new Map<string, Row[][]>()
  for (const key of Object.keys(projections) as (keyof typeof projections)[]) {
    const { state } = await nats.manager.streams.info(streams[key].name)
    for (let seq = state.first_seq; seq <= state.last_seq; seq += batch) {
      const messages = await readRange(nats, streams[key].name, seq, Math.min(seq + batch - 1, state.last_seq))
      for (const { table, rows } of toBatch(messages, projections[key] as Projection).tables) {
        lanes.set(table, [...(lanes.get(table) ?? []), rows])
      }
    }
  }
  for (const table of lanes.keys()) {
    await clickhouse.command({ query: 'TRUNCATE TABLE hexroute.{table:Identifier}', query_params: { table } })
  }
  const startMs = performance.now()
  await Promise.all([...lanes].map(([table, parts]) => insertAll(clickhouse, table, parts)))
  const s = (performance.now() - startMs) / 1_000
  const rows = [...lanes.values()].flat().reduce((sum, part) => sum + part.length, 0)
  return { rows, s, rowsPerS: rows / s }
}

async function insertAll(clickhouse: ClickHouseClient, table: string, parts: Row[][]): Promise<void> {
  for (const rows of parts) {
    await clickhouse.insert({
      ...{ table: `hexroute.${table}`, format: 'JSONCompactEachRow' },
      columns: Object.keys(rows[0]!) as [string, ...string[]],
      values: rows.map((row) => Object.values(row)),
      clickhouse_settings: { async_insert: 0, insert_deduplicate: 0, max_partitions_per_insert_block: '0' },
    })
  }
}
