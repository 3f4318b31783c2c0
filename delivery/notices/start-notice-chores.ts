import type { Clock } from '../../kernel/clock.ts'
import type { Logger } from '../../kernel/logger.ts'
import type { Postgres } from '../../kernel/postgres.ts'
import type { NoticeMetrics } from './notice-metrics.ts'
import type { Planning } from './plan-heard.ts'
import type { NoticeStore } from './stores/notice-store.ts'
import { readTroubles } from './stores/trouble-reader.ts'

export type NoticeChoresParts = {
  pool: Postgres
  planning: Pick<Planning, 'troubles'>
  notices: NoticeStore
  metrics: NoticeMetrics
  wake: () => void
  clock: Clock
  log: Logger
}

const SWEEP_MS = 2_000
/** How late the news of an outage may be. */
const LOOK_MS = 15_000
const FORGET_MS = 6 * 3_600_000

/** What must be done though nothing happens: leases that end, outages, old rows. @returns stop, which waits for a running one */
export function startNoticeChores(parts: NoticeChoresParts): () => Promise<void> {
  const { pool, planning, notices, metrics, wake, clock, log } = parts
  const stops = [
    repeat(SWEEP_MS, log, async () => {
      const swept = await notices.sweep(clock())
      metrics.lag.set(swept.lagMs / 1_000)
      if (swept.repeated > 0) wake()
      const { repeated, unknown, givenUp } = swept
      if (repeated + unknown + givenUp > 0) log.warn({ repeated, unknown, givenUp }, 'notices swept')
      metrics.settled.inc({ kind: 'any', result: 'unknown' }, unknown)
      metrics.settled.inc({ kind: 'any', result: 'failed' }, givenUp)
    }),
    repeat(LOOK_MS, log, async () => planning.troubles(await readTroubles(pool, clock()))),
    repeat(FORGET_MS, log, () => notices.forget(clock())),
  ]
  return async () => void (await Promise.all(stops.map((stop) => stop())))
}

/** One at a time; a fault is logged and the next turn tries again. */
function repeat(everyMs: number, log: Logger, run: () => Promise<unknown>): () => Promise<void> {
  let running: Promise<unknown> | null = null
  const timer = setInterval(() => {
    running ??= run()
      .catch((error: Error) => log.warn({ error: error.message }, 'notice chore failed'))
      .finally(() => {
        running = null
      })
  }, everyMs)
  return async () => {
    clearInterval(timer)
    await running
  }
}
