import type { Decision } from '../contracts/decision.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Logger } from '../kernel/logger.ts'
import { routeEach } from './route-each.ts'
import type { SlaStore } from './stores/sla-store.ts'

export type SlaRequest = { leadId: string; attempt: number; kind: 'sla' }
export type SlaDeps = {
  timers: SlaStore
  /** Decides these leads again; a request that is no longer true does nothing. */
  routeAgain: (requests: readonly SlaRequest[]) => Promise<Decision[]>
  clock: Clock
  log: Logger
}

/** A shorter silence is a deployment; a longer one kept people from answering, and they are not blamed for it. */
const OUTAGE_MS = 5 * 60_000
const BATCH_MAX = 200
/** After it a router that took timers over is taken for dead. */
const LEASE_MS = 60_000

/**
 * One look at the clock, to be repeated every second: leads that nobody touched in time are decided again. Any number of
 * routers may do it at once.
 */
export async function missSlaTimers({ timers, routeAgain, clock, log }: SlaDeps): Promise<void> {
  const nowMs = clock()
  const shiftedMs = await timers.beat(nowMs, OUTAGE_MS)
  if (shiftedMs > 0) log.warn({ shiftedMs }, 'no router was running: deadlines shifted')
  const missed = await timers.takeMissed(nowMs, BATCH_MAX, LEASE_MS)
  const current = missed.filter(({ isCurrent }) => isCurrent)
  const wishes = current.map(({ leadId, attempt }): SlaRequest => ({ leadId, attempt, kind: 'sla' }))
  const failed = new Set((await routeEach(routeAgain, wishes, log)).failed.map(({ leadId }) => leadId))
  // What failed comes again when its lease ends.
  const settled = missed.filter(({ leadId }) => !failed.has(leadId))
  if (settled.length > 0) await timers.settle(settled, nowMs)
}
