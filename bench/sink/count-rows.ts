import type { ClickHouseClient } from '@clickhouse/client'

/** Tables that the sink fills itself; what views fill comes on top. */
const sinkTables = ['events', 'decisions', 'decision_candidates', 'decision_users', 'deliveries', 'lead_facts']

/** Rows of all of them. */
export async function countRows(clickhouse: ClickHouseClient): Promise<number> {
  const found = await clickhouse.query({
    query: `SELECT sum(total_rows) AS rows FROM system.tables WHERE database = 'hexroute' AND has({tables:Array(String)}, name)`,
    query_params: { tables: sinkTables },
    format: 'JSONEachRow',
  })
  const [row] = await found.json<{ rows: string }>()
  return Number(row?.rows)
}
