import { randomUUID } from 'node:crypto'
import type { Row } from '../steps/projections.ts'
import { feedViews } from './feed-views.ts'
import { countHeld, findReplaced, type Span } from './held-rows.ts'
import { type Destination, insertRows, type Written } from './write-batch.ts'

/**
 * What a table does not hold of `rows`, all that a batch makes for it. A message that came again later has replaced the rows of
 * the first. `heldCount`: rows of the batch in the table; `surplus`: how many of them stand there once more than they should.
 */
export async function findLacking(
  to: Destination,
  table: string,
  idColumn: string,
  span: Span,
  rows: Row[],
): Promise<{ lacking: Row[]; heldCount: number; surplus: number }> {
  const idOf = (row: Row): string => String(row[idColumn])
  const expected = new Map<string, number>()
  for (const row of rows) expected.set(idOf(row), (expected.get(idOf(row)) ?? 0) + 1)
  const held = await countHeld(to, table, idColumn, span)
  const short = [...expected].filter(([id, count]) => (held.get(id) ?? 0) < count).map(([id]) => id)
  const replaced = await findReplaced(to, table, idColumn, span, short)
  const lackingIds = new Set(short.filter((id) => !replaced.has(id)))
  return {
    lacking: rows.filter((row) => lackingIds.has(idOf(row))),
    heldCount: [...held.values()].reduce((sum, count) => sum + count, 0),
    surplus: [...expected].reduce((sum, [id, count]) => sum + Math.max(0, (held.get(id) ?? 0) - count), 0),
  }
}

/**
 * After a second try. A table without replicas enters a token into its log before it enters the rows: killed in between, it knows
 * the token of rows that it has not got, and drops them when they come again (ClickHouse, MergeTreeSink::commitPart). Such rows
 * go in under another token, which nobody has to remember: what is held is asked before every try. The views are fed anew. @returns how many they were.
 */
export async function writeLacking(
  to: Destination,
  idColumn: string,
  span: Span,
  written: Written[],
  signal: AbortSignal,
): Promise<number> {
  let count = 0
  for (const { table, rows } of written) {
    if (rows.length === 0) continue
    const { lacking } = await findLacking(to, table, idColumn, span, rows)
    if (lacking.length > 0) await insertRows(to, table, lacking, `lacking:${randomUUID()}`, signal)
    await feedViews(to, table, span)
    count += lacking.length
  }
  return count
}
