import type { Clock } from '../kernel/clock.ts'
import type { Logger } from '../kernel/logger.ts'
import type { MissedTimer, SlaStore } from './stores/sla-store.ts'

export type SlaRequest = { leadId: string; attempt: number; kind: 'sla' }
export type SlaDeps = {
  timers: SlaStore
  /** Decides these leads again; a request that is no longer true does nothing. */
  routeAgain: (requests: readonly SlaRequest[]) => Promise<unknown>
  clock: Clock
  log: Logger
}

/** A shorter silence is a deployment; a longer one kept people from answering, and they are not blamed for it. */
const OUTAGE_MS = 5 * 60_000
const BATCH_MAX = 200
/** After it a router that took timers over is taken for dead. */
const LEASE_MS = 60_000
const FAULTS_MAX = 3

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
  const failed = new Set(await reroute(current, routeAgain, log))
  const settled = missed.filter((timer) => !failed.has(timer))
  if (settled.length > 0) await timers.settle(settled, nowMs)
}

/** @returns those that could not be decided: they come again when their lease ends, and stop nobody else. */
async function reroute(
  missed: readonly MissedTimer[],
  routeAgain: SlaDeps['routeAgain'],
  log: Logger,
): Promise<MissedTimer[]> {
  const ask = (some: readonly MissedTimer[]): Promise<unknown> =>
    routeAgain(some.map(({ leadId, attempt }) => ({ leadId, attempt, kind: 'sla' })))
  if (missed.length === 0) return []
  try {
    await ask(missed)
    return []
  } catch (error) {
    log.warn({ leads: missed.length, error: (error as Error).message }, 'missed leads are decided again one by one')
  }
  const failed: MissedTimer[] = []
  for (const [done, timer] of missed.entries()) {
    // So many in a row are no fault of the leads.
    if (failed.length === FAULTS_MAX && done === FAULTS_MAX) return [...missed]
    try {
      await ask([timer])
    } catch (error) {
      failed.push(timer)
      log.warn({ leadId: timer.leadId, error: (error as Error).message }, 'missed lead not decided again')
    }
  }
  return failed
}
