/**
 * One DDL for one node and for a cluster: `{{on_cluster}}` and `{{replicated}}` are nothing on one node. On a cluster every
 * statement runs on all its hosts and every table is replicated, by the server's own macros (`{shard}`, `{replica}`,
 * `default_replica_path`). Rows are written to a shard's own table, never through a Distributed one.
 */
export function forCluster(sql: string, cluster: string | undefined): string {
  if (cluster !== undefined && !/^[A-Za-z0-9_{}-]{1,64}$/.test(cluster))
    throw new Error(`CLICKHOUSE_CLUSTER is no name of a cluster: ${JSON.stringify(cluster)}`)
  return sql
    .replaceAll('{{on_cluster}}', cluster === undefined ? '' : ` ON CLUSTER '${cluster}'`)
    .replaceAll('{{replicated}}', cluster === undefined ? '' : 'Replicated')
}

/** Statements end with `;` at the end of a line. */
export function statements(sql: string): string[] {
  return sql
    .split(/;\s*$/m)
    .map((part) => part.replace(/^\s*--.*$/gm, '').trim())
    .filter((part) => part !== '')
}
