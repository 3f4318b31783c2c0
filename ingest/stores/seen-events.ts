import type { Logger } from '../../kernel/logger.ts'
import type { Metrics } from '../../kernel/metrics.ts'
import type { Postgres } from '../../kernel/postgres.ts'
import { createSeenLookup } from './seen-lookup.ts'

export type SeenEvents = {
  /** False also when Postgres does not answer in time: consumers are idempotent, a lost event is not. */
  has: (eventId: string) => Promise<boolean>
  /** Remembers in the background. Call only after JetStream acknowledged. */
  add: (eventId: string) => void
  /** Writes what is left, and stops. */
  stop: () => Promise<void>
}

const FLUSH_INTERVAL_MS = 200
/** While Postgres is away it is tried, and said in the log, this often. */
const RETRY_INTERVAL_MS = 5_000
const PURGE_INTERVAL_MS = 10 * 60_000
const BATCH_ROWS_MAX = 2_000
/** A minute of 1,000/s while Postgres is away; beyond it the memory forgets rather than the process grows. */
const BUFFER_ROWS_MAX = 60_000

const INSERT = `INSERT INTO hexroute.seen_events (event_id, seen_at)
  SELECT id, now() FROM unnest($1::uuid[]) AS id ON CONFLICT (event_id) DO NOTHING`
// SKIP LOCKED: gateways purge at the same time without waiting for each other.
const PURGE = `DELETE FROM hexroute.seen_events WHERE event_id IN (
  SELECT event_id FROM hexroute.seen_events WHERE seen_at < now() - interval '7 days'
  LIMIT ${BATCH_ROWS_MAX} FOR UPDATE SKIP LOCKED)`

/** The 7-day duplicate memory in Postgres: written behind the acknowledgement, in batches, never in its way. */
export function createSeenEvents(postgres: Postgres, metrics: Metrics, log: Logger): SeenEvents {
  const lookup = createSeenLookup(postgres, metrics)
  const dropped = metrics.counter('ingest_seen_dropped_total', 'event ids that the duplicate memory could not keep')
  let buffer: string[] = []
  let flushing: Promise<void> | undefined
  let restUntilMs = 0

  const flush = async (): Promise<void> => {
    // Only what is there now: chasing what arrives meanwhile would end in a transaction for every few rows.
    for (let left = buffer.length; left > 0; ) {
      const batch = buffer.slice(0, Math.min(left, BATCH_ROWS_MAX))
      await postgres.query({ text: INSERT, values: [batch] })
      buffer = buffer.slice(batch.length)
      left -= batch.length
    }
  }
  const flushOnce = (): Promise<void> => {
    flushing ??= flush()
      .catch((error: Error) => {
        restUntilMs = performance.now() + RETRY_INTERVAL_MS
        log.warn({ error: error.message, rows: buffer.length }, 'seen events not written')
      })
      .finally(() => {
        flushing = undefined
      })
    return flushing
  }
  const flushTimer = setInterval(() => {
    if (performance.now() >= restUntilMs) void flushOnce()
  }, FLUSH_INTERVAL_MS)
  const purgeTimer = setInterval(() => void purge(postgres, log), PURGE_INTERVAL_MS)

  return {
    has: lookup,
    add: (eventId) => {
      if (buffer.length >= BUFFER_ROWS_MAX) return dropped.inc()
      buffer.push(eventId)
    },
    stop: async () => {
      clearInterval(flushTimer)
      clearInterval(purgeTimer)
      await flushing
      await flushOnce()
      dropped.inc(buffer.length)
    },
  }
}

/** Deletes in batches, so that no transaction holds the table for long. */
export async function purge(postgres: Postgres, log: Logger): Promise<void> {
  try {
    for (;;) {
      const { rowCount } = await postgres.query(PURGE)
      if ((rowCount ?? 0) < BATCH_ROWS_MAX) return
    }
  } catch (error) {
    log.warn({ error: (error as Error).message }, 'seen events not purged')
  }
}
