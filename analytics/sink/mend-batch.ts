import type { Logger } from '../../kernel/logger.ts'
import type { Nats } from '../../kernel/nats.ts'
import type { Projection } from '../steps/projections.ts'
import { toBatch } from '../steps/to-batch.ts'
import type { AuditProgress } from './audit-progress.ts'
import type { AuditedBatch, AuditStore, AuditTimes } from './audit-store.ts'
import { findLacking } from './lacking-rows.ts'
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
  const { lacking, heldCount, surplus } = await findLacking(to, table, idColumn, batch, rows)
  const fields = { stream, table, firstSeq: batch.firstSeq, lastSeq: batch.lastSeq }
  if (lacking.length > 0) {
    const { firstSeq, lastSeq, streamCreated, repairs } = batch
    const token = `audit:${stream}@${streamCreated}:${firstSeq}-${lastSeq}:${table}:${repairs}`
    await insertRows(to, table, lacking, token, signal)
    await audits.countRepair(batch)
    progress.found('repaired', lacking.length)
    log.error(
      { ...fields, rows: lacking.length },
      'rows were missing in ClickHouse and are written again from the stream',
    )
  }
  if (surplus > 0) {
    progress.found('surplus', surplus)
    log.error({ ...fields, rows: surplus }, 'rows stand twice in ClickHouse; a merge folds them')
  }
  const gone = (line?.rowCount ?? 0) - Math.max(rows.length, heldCount)
  if (gone > 0) {
    progress.found('gone', gone)
    log.error({ ...fields, rows: gone }, 'rows are missing in ClickHouse and the stream holds their messages no longer')
  }
}
