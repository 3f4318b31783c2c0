import { setTimeout as pause } from 'node:timers/promises'
import type { Logger } from '../../kernel/logger.ts'
import type { Nats } from '../../kernel/nats.ts'
import { batchToken } from '../steps/batch-token.ts'
import { idsXor } from '../steps/ids-xor.ts'
import type { Projection } from '../steps/projections.ts'
import {
  type Batch,
  joinBatch,
  type Message,
  type Read,
  type Refused,
  readMessage,
  toBatch,
} from '../steps/to-batch.ts'
import type { AuditProgress } from './audit-progress.ts'
import { publishDeadLetters } from './dead-letters.ts'
import { writeLacking } from './lacking-rows.ts'
import type { LedgerLine, Plan, PlanStore } from './plan-store.ts'
import { type BatchLimits, readBatches } from './read-batches.ts'
import { readCreated, readRange } from './read-range.ts'
import type { StreamProgress } from './sink-progress.ts'
import { type Destination, type Written, writeBatch } from './write-batch.ts'

export type SinkStreamOptions = {
  stream: string
  projection: Projection
  nats: Nats
  to: Destination
  /** Column of every row that holds the message's id. */
  idColumn: string
  plans: PlanStore
  limits: BatchLimits
  progress: StreamProgress
  auditProgress: Pick<AuditProgress, 'found'>
  log: Logger
}

const RETRY_DELAY_MAX_MS = 5_000
const PRUNE_EVERY_BATCHES = 100

/**
 * Writes one stream to ClickHouse until the signal. Any fault (JetStream, Postgres or ClickHouse away, the stream made
 * anew) ends the run; the next starts from the newest plan, so there is one way to recover and it is also the start.
 */
export async function sinkStream(options: SinkStreamOptions, signal: AbortSignal): Promise<void> {
  for (let faults = 0; !signal.aborted; ) {
    try {
      await run(options, signal, () => {
        faults = 0
      })
    } catch (error) {
      if (signal.aborted) return
      faults += 1
      options.progress.failed()
      options.log.warn({ stream: options.stream, faults, error: (error as Error).message }, 'sink run failed')
    }
    const delayMs = Math.min(100 * 2 ** faults, RETRY_DELAY_MAX_MS)
    await pause(delayMs, undefined, { signal }).catch(() => undefined)
  }
}

async function run(options: SinkStreamOptions, signal: AbortSignal, advanced: () => void): Promise<void> {
  const { nats, stream, plans, limits, progress } = options
  const streamCreated = await readCreated(nats, stream)
  const newest = await plans.newest(stream, streamCreated)
  if (newest && !newest.done) {
    await answers(options.to)
    const messages = await readRange(nats, stream, newest.firstSeq, newest.lastSeq)
    await finish(options, newest, messages, recut(options, newest, messages), { isSecondTry: true, signal })
    advanced()
  } else if (newest) {
    progress.startedAt(newest.lastSeq)
  }
  const runSignal = AbortSignal.any([signal, progress.recreated(streamCreated)])
  let batches = 0
  const read = (message: Message): Read => readMessage(message, options.projection)
  const fromSeq = (newest?.lastSeq ?? 0) + 1
  for await (const reads of readBatches(nats, { stream, fromSeq, limits, read }, runSignal)) {
    const messages = reads.map(({ message }) => message)
    progress.inHand(messages)
    const batch = joinBatch(reads)
    const { firstSeq, lastSeq, ids } = batch
    const token = batchToken({ stream, streamCreated, firstSeq, lastSeq, ids })
    const plan: Plan = { stream, streamCreated, firstSeq, lastSeq, rowCount: ids.length, token, refused: [] }
    await plans.save(plan)
    await finish(options, plan, messages, batch, { isSecondTry: false, signal })
    advanced()
    if (batches % PRUNE_EVERY_BATCHES === 0) await plans.prune(plan)
    batches += 1
  }
}

/** A store that is away for hours is asked each time before ten thousand messages are read for it once more. */
async function answers({ clickhouse }: Destination): Promise<void> {
  await (await clickhouse.query({ query: 'SELECT 1', format: 'JSONEachRow' })).json()
}

/** The second half of a batch: the same whether the plan was saved a moment ago or by a process that has died since. */
async function finish(
  options: SinkStreamOptions,
  plan: Plan,
  messages: Message[],
  batch: Batch,
  { isSecondTry, signal }: { isSecondTry: boolean; signal: AbortSignal },
): Promise<void> {
  const { nats, to, plans, progress, idColumn, stream, log } = options
  const written = await writeBatch(to, batch.tables, plan, (range) => plans.recordRefused(plan, range), signal)
  const times = { firstAt: messages[0]?.at ?? plan.streamCreated, lastAt: messages.at(-1)?.at ?? plan.streamCreated }
  if (isSecondTry) {
    const { firstSeq, lastSeq } = plan
    const lacking = await writeLacking(to, idColumn, { firstSeq, lastSeq, ...times }, written, signal)
    if (lacking > 0) {
      options.auditProgress.found('repaired', lacking)
      log.error({ stream, token: plan.token, rows: lacking }, 'ClickHouse knew a batch whose rows it had lost')
    }
  }
  const refused = [...batch.refused, ...refusedByClickhouse(messages, written)]
  for (const { message, detail } of refused.slice(batch.refused.length)) {
    log.error({ stream, seq: message.seq, detail }, 'ClickHouse refuses a message, it is a dead letter')
  }
  await publishDeadLetters(nats, plan.stream, plan.streamCreated, refused)
  await plans.markDone(
    plan,
    written.map((table) => ledgerLine(table, idColumn)),
    times,
  )
  progress.wrote({ ...batch, refused })
}

/** One letter a message, whatever number of tables refused it. */
function refusedByClickhouse(messages: Message[], written: Written[]): Refused[] {
  const details = new Map<number, string>()
  for (const { seq, detail } of written.flatMap(({ poison }) => poison)) {
    details.set(seq, [details.get(seq), detail].filter(Boolean).join('; '))
  }
  return messages.flatMap((message) => {
    const detail = details.get(message.seq)
    return detail === undefined ? [] : [{ message, code: 'REFUSED_BY_CLICKHOUSE', detail }]
  })
}

const ledgerLine = ({ table, rows, poison }: Written, idColumn: string): LedgerLine => ({
  table,
  rowCount: rows.length,
  idsXor: idsXor(rows.map((row) => String(row[idColumn]))),
  poison: poison.map(({ seq }) => seq),
})

/**
 * A saved plan's messages, cut as they were. If the stream has dropped some meanwhile, the rest goes in under the saved
 * token all the same: ClickHouse drops it if the first try had arrived, and takes it if not.
 */
function recut({ stream, projection, log }: SinkStreamOptions, plan: Plan, messages: Message[]): Batch {
  const batch = messages.length === 0 ? { ids: [], tables: [], refused: [] } : toBatch(messages, projection)
  if (batch.ids.length !== plan.rowCount) {
    log.error({ stream, token: plan.token, rows: batch.ids.length }, 'stream lost messages of a planned batch')
  }
  return { ...batch, firstSeq: plan.firstSeq, lastSeq: plan.lastSeq }
}
