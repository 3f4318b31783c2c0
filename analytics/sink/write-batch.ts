import type { ClickHouseClient } from '@clickhouse/client'
import type { Batch } from '../steps/to-batch.ts'

/**
 * Inserts a batch, one statement per table, each with its own token: a table that has seen the token drops the rows, so
 * a second try after any fault writes what the first has not. Blocks go on to the materialized views even then, which
 * drop them by the same rule.
 */
export async function writeBatch(
  clickhouse: Pick<ClickHouseClient, 'insert'>,
  batch: Pick<Batch, 'tables'>,
  token: string,
  signal: AbortSignal,
): Promise<void> {
  for (const { table, rows } of batch.tables) {
    await clickhouse.insert({
      table: `hexroute.${table}`,
      values: rows,
      format: 'JSONEachRow',
      abort_signal: signal,
      clickhouse_settings: {
        async_insert: 0,
        insert_deduplicate: 1,
        insert_deduplication_token: `${token}:${table}`,
        deduplicate_blocks_in_dependent_materialized_views: 1,
        // A backfill may span years of facts; the default of 100 partitions would refuse it for ever.
        max_partitions_per_insert_block: '0',
      },
    })
  }
}
