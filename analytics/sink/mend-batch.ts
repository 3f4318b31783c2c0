import type { Logger } from '../../kernel/logger.ts'
import type { Nats } from '../../kernel/nats.ts'
import type { Projection } from '../steps/projections.ts'
import { toBatch } from '../steps/to-batch.ts'
import type { AuditProgress } from './audit-progress.ts'
import type { AuditedBatch, AuditStore, AuditTimes } from './audit-store.ts'
import { countHeld, findReplaced } from './held-rows.ts'
import { readRange } from './read-range.ts'
import { type Destination, insertRows } from './write-batch.ts'

export type AuditOptions = {
  stream: string
  projection: Projection
  nats: Nats
  to: Destination
  idColumn: string
  audits: AuditStore
  times: AuditTimes
  progress: AuditProgress
  log: Logger
}

/**
 * A batch that ClickHouse does not hold as it was written, against the stream. Rows of messages that came again later are
 * replaced by those, the rest is written anew under a token of its own: the first may be what ClickHouse remembers of rows
 * that it has lost. Rows that stand twice are said and left to a merge.
 */
export async function mendBatch(
  { stream, projection, nats, to, idColumn, audits, progress, log }: AuditOptions,
  table: string,
  batch: AuditedBatch,
  signal: AbortSignal,
): Promise<void> {
  const line = batch.lines.find((one) => one.table === table)
  const messages = await readRange(nats, stream, batch.firstSeq, batch.lastSeq)
  const made = messages.length === 0 ? [] : toBatch(messages, projection).tables
  const poison = new Set(line?.poison)
  const rows = (made.find((one) => one.table === table)?.rows ?? []).filter((row) => !poison.has(row.stream_seq))
  const idOf = (row: (typeof rows)[number]): string => String(row[idColumn])
  const expected = new Map<string, number>()
  for (const row of rows) expected.set(idOf(row), (expected.get(idOf(row)) ?? 0) + 1)

  const held = await countHeld(to, table, idColumn, batch)
  const short = [...expected].filter(([id, count]) => (held.get(id) ?? 0) < count).map(([id]) => id)
  const replaced = await findReplaced(to, table, idColumn, batch, short)
  const lacking = new Set(short.filter((id) => !replaced.has(id)))
  const missing = rows.filter((row) => lacking.has(idOf(row)))
  const fields = { stream, table, firstSeq: batch.firstSeq, lastSeq: batch.lastSeq }
  if (missing.length > 0) {
    const { firstSeq, lastSeq, streamCreated, repairs } = batch
    const token = `audit:${stream}@${streamCreated}:${firstSeq}-${lastSeq}:${table}:${repairs}`
    await insertRows(to, table, missing, token, signal)
    await audits.countRepair(batch)
    progress.found('repaired', missing.length)
    log.error(
      { ...fields, rows: missing.length },
      'rows were missing in ClickHouse and are written again from the stream',
    )
  }
  const surplus = [...expected].reduce((sum, [id, count]) => sum + Math.max(0, (held.get(id) ?? 0) - count), 0)
  if (surplus > 0) {
    progress.found('surplus', surplus)
    log.error({ ...fields, rows: surplus }, 'rows stand twice in ClickHouse; a merge folds them')
  }
  const heldCount = [...held.values()].reduce((sum, count) => sum + count, 0)
  const gone = (line?.rowCount ?? 0) - Math.max(rows.length, heldCount)
  if (gone > 0) {
    progress.found('gone', gone)
    log.error({ ...fields, rows: gone }, 'rows are missing in ClickHouse and the stream holds their messages no longer')
  }
}
