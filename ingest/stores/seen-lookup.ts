import type { Metrics } from '../../kernel/metrics.ts'
import type { Postgres } from '../../kernel/postgres.ts'

/** Long enough for a busy database, short against the patience of a sender. */
const WAIT_MS_MAX = 500
/** After a fault nobody is asked for this long: an absent database must not slow every late resend down. */
const REST_AFTER_FAULT_MS = 1_000
const BATCH_ROWS_MAX = 1_000
const WAITING_MAX = 10_000

const SELECT = `SELECT event_id FROM hexroute.seen_events
  WHERE event_id = ANY ($1::uuid[]) AND seen_at >= now() - interval '7 days'`

type Question = { eventId: string; answer: (seen: boolean) => void; giveUp: () => void }

/** Questions that arrive while a query runs share the next one: one query at a time, however many resends come. */
export function createSeenLookup(postgres: Postgres, metrics: Metrics): (eventId: string) => Promise<boolean> {
  const unanswered = metrics.counter('ingest_seen_unanswered_total', 'look-ups that Postgres did not answer in time')
  const waiting: Question[] = []
  let running = false
  let restUntilMs = 0

  const run = async (): Promise<void> => {
    running = true
    while (waiting.length > 0) {
      const batch = waiting.splice(0, BATCH_ROWS_MAX)
      try {
        const ids = batch.map(({ eventId }) => eventId)
        const { rows } = await postgres.query<{ event_id: string }>({ text: SELECT, values: [ids] })
        const seen = new Set(rows.map(({ event_id }) => event_id))
        for (const { eventId, answer } of batch) answer(seen.has(eventId))
      } catch {
        for (const { giveUp } of [...batch, ...waiting.splice(0)]) giveUp()
      }
    }
    running = false
  }

  return (eventId) => {
    if (performance.now() < restUntilMs || waiting.length >= WAITING_MAX) {
      unanswered.inc()
      return Promise.resolve(false)
    }
    return new Promise<boolean>((resolve) => {
      const answer = (seen: boolean) => {
        clearTimeout(late)
        resolve(seen)
      }
      const giveUp = () => {
        unanswered.inc()
        restUntilMs = performance.now() + REST_AFTER_FAULT_MS
        answer(false)
      }
      const late = setTimeout(giveUp, WAIT_MS_MAX)
      waiting.push({ eventId, answer, giveUp })
      if (!running) void run()
    })
  }
}
