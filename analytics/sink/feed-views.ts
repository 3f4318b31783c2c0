import { quoteIdentifier } from '../../kernel/clickhouse-quotes.ts'
import { inSpan, type Span, spanParams } from './held-rows.ts'
import type { Destination } from './write-batch.ts'

type View = { target: string; query: string; columns: string[] }

/**
 * Gives what a table holds of a batch to its materialized views once more. Their tables lose rows under a token as the table itself
 * may; what they hold of a message is the same however often it is told (maxima, minima, bits), so nothing is asked before.
 */
export async function feedViews(to: Destination, table: string, span: Span): Promise<void> {
  for (const { target, query, columns } of await viewsOf(to, table)) {
    const rows = `FROM (SELECT * FROM ${quoteIdentifier(to.database)}.${quoteIdentifier(table)} WHERE ${inSpan})`
    await to.clickhouse.command({
      query: `INSERT INTO ${target} (${columns.map(quoteIdentifier).join(', ')}) ${query.replace(sourceOf(to, table), rows)}`,
      query_params: spanParams(span),
      // No token and no hash: those are what may be known already.
      clickhouse_settings: { insert_deduplicate: 0, async_insert: 0, max_partitions_per_insert_block: '0' },
    })
  }
}

/** As ClickHouse writes the text of a view. */
const sourceOf = ({ database }: Destination, table: string): RegExp =>
  new RegExp(`FROM ${database}\\.${table}(?![a-z_])`)

async function viewsOf(to: Destination, table: string): Promise<View[]> {
  const found = await to.clickhouse.query({
    query: `SELECT any(t.as_select) AS query, any(extract(t.create_table_query, ' TO (\\S+)')) AS target,
                   arrayMap(pair -> pair.2, arraySort(groupArray((c.position, c.name)))) AS columns
              FROM system.tables AS t JOIN system.columns AS c ON c.database = t.database AND c.table = t.name
             WHERE t.database = {database:String} AND t.engine = 'MaterializedView' GROUP BY t.name`,
    query_params: { database: to.database },
    format: 'JSONEachRow',
  })
  return (await found.json<View>()).filter(({ query }) => sourceOf(to, table).test(query))
}
