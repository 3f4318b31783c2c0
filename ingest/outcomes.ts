import type { Clock } from '../kernel/clock.ts'
import type { Logger } from '../kernel/logger.ts'
import type { Metrics } from '../kernel/metrics.ts'
import type { ProblemCode } from './problems.ts'

export type Route = 'ghl' | 'workflow' | 'reconcile' | 'other'
/** What became of a webhook that got a 202. */
export type AcceptedOutcome = 'accepted' | 'duplicate' | `parked-${string}`

export type Outcomes = {
  accepted: (route: Route, outcome: AcceptedOutcome) => void
  refused: (route: Route, code: ProblemCode, requestId: string, detail?: string) => void
}

const LOG_INTERVAL_MS = 1_000

/**
 * Counts every webhook once by what became of it. Refusals are also logged, one line per code and second with how many
 * it stands for: bad input at any rate never floods the log.
 */
export function createOutcomes(metrics: Metrics, log: Pick<Logger, 'warn'>, clock: Clock): Outcomes {
  const received = metrics.counter('ingest_received_total', 'webhooks by what became of them', ['route', 'outcome'])
  const counters = new Map<string, { inc: () => void }>()
  const unlogged = new Map<ProblemCode, { sinceMs: number; count: number }>()

  const count = (route: Route, outcome: string): void => {
    const key = `${route} ${outcome}`
    const counter = counters.get(key) ?? received.labels(route, outcome)
    counters.set(key, counter)
    counter.inc()
  }
  return {
    accepted: count,
    refused: (route, code, requestId, detail) => {
      count(route, code.toLowerCase().replaceAll('_', '-'))
      const now = clock()
      const entry = unlogged.get(code) ?? { sinceMs: Number.NEGATIVE_INFINITY, count: 0 }
      unlogged.set(code, entry)
      entry.count++
      if (now - entry.sinceMs < LOG_INTERVAL_MS) return
      log.warn({ route, code, requestId, count: entry.count, detail }, 'webhooks refused')
      unlogged.set(code, { sinceMs: now, count: 0 })
    },
  }
}
