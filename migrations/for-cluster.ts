/**
 * One DDL for one node and for a cluster: `{{on_cluster}}` and `{{replicated}}` are nothing on one node. On a cluster every
 * statement runs on all its hosts and every table is replicated, by the server's own macros (`{shard}`, `{replica}`,
 * `default_replica_path`). Rows are written to a shard's own table, never through a Distributed one.
 * A replicated table has another setting for how long it knows a token: by itself an hour, and the sink repeats its last batch
 * after however long ClickHouse was away.
 */
export function forCluster(sql: string, cluster: string | undefined): string {
  if (cluster !== undefined && !/^[A-Za-z0-9_{}-]{1,64}$/.test(cluster))
    throw new Error(`CLICKHOUSE_CLUSTER is no name of a cluster: ${JSON.stringify(cluster)}`)
  return sql
    .replaceAll('{{on_cluster}}', cluster === undefined ? '' : ` ON CLUSTER '${cluster}'`)
    .replaceAll('{{replicated}}', cluster === undefined ? '' : 'Replicated')
    .replaceAll(ONE_NODE_WINDOW, cluster === undefined ? ONE_NODE_WINDOW : REPLICATED_WINDOW)
}

const ONE_NODE_WINDOW = 'non_replicated_deduplication_window = 1000'
/** 14 days: as long as a stream keeps what is not written yet. */
const REPLICATED_WINDOW = 'replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 1209600'

/** Statements end with `;` at the end of a line. */
export function statements(sql: string): string[] {
  return sql
    .split(/;\s*$/m)
    .map((part) => part.replace(/^\s*--.*$/gm, '').trim())
    .filter((part) => part !== '')
}
