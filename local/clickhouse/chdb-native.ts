import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import { resolveLibchdb } from 'chdb/libchdb'

export type InsertTotals = { elapsed: number; rowsWritten: number; bytesWritten: number }
type Native = {
  InsertRawAsyncConnection(
    connection: unknown,
    prefix: string,
    rows: Buffer,
    countLines: boolean,
  ): Promise<InsertTotals>
}

/**
 * The addon's own insert: statement and rows apart, rows as bytes. The package's public `insert` allows eight text
 * formats and builds the statement itself; ClickHouse's HTTP interface takes any statement in any format.
 */
export function loadChdbNative(): Native {
  const require = createRequire(import.meta.url)
  const native: unknown = require(`${dirname(resolveLibchdb().path)}/chdb_node.node`)
  if (!isNative(native)) throw new Error('this version of chdb has no InsertRawAsyncConnection')
  return native
}

function isNative(value: unknown): value is Native {
  return typeof value === 'object' && value !== null && 'InsertRawAsyncConnection' in value
}
