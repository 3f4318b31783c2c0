import type { Clock } from '../../kernel/clock.ts'
import { iso } from '../../kernel/clock.ts'
import type { Logger } from '../../kernel/logger.ts'
import type { DeliveryMetrics } from '../delivery-metrics.ts'
import { classifyFault } from '../ghl/steps/classify-fault.ts'
import { GhlFault } from '../ghl/steps/ghl-fault.ts'
import { type DeliverDeps, deliverDecision, type Target } from './deliver-decision.ts'
import type { FaultStreaks } from './fault-streaks.ts'
import { deadLetter, type GivenUp } from './steps/dead-letter.ts'
import { type ClosedEntry, deliveryEvent } from './steps/delivery-event.ts'
import { retryDelayMs } from './steps/retry-delay.ts'
import type { LedgerEntry } from './stores/delivery-ledger.ts'
import type { Publisher } from './stores/publisher.ts'

/** What becomes of the message. */
export type Settlement = { kind: 'ack' } | { kind: 'term' } | { kind: 'again'; delayMs: number }

export type SettleDeps = DeliverDeps & {
  publisher: Publisher
  streaks: FaultStreaks
  /** No work for this location for so long. */
  restLocation: (locationId: string, ms: number) => void
  metrics: DeliveryMetrics
  clock: Clock
  random: () => number
  log: Logger
}

const PARKED_MS = 60_000
const TURN_MS = 1_000

/** Delivers, and turns every result and fault into what becomes of the message. Throws only when a store is down. */
export async function settleDecision(deps: SettleDeps, target: Target, message: GivenUp): Promise<Settlement> {
  try {
    const result = await deliverDecision(deps, target)
    switch (result.kind) {
      case 'closed':
        deps.streaks.success(target.locationId)
        return await announce(deps, target, result.entry)
      case 'not-its-turn':
        return { kind: 'again', delayMs: TURN_MS }
      case 'lead-missing':
        return await giveUp(deps, target, message, 'LEAD_MISSING', 'no lead row of this id and creation time')
    }
  } catch (error) {
    return settleFault(deps, target, message, error as Error)
  }
}

async function settleFault(deps: SettleDeps, target: Target, message: GivenUp, error: Error): Promise<Settlement> {
  const { locationId, decision } = target
  const verdict = classifyFault(error)
  const { code } = verdict
  deps.metrics.faults.inc({ code })
  const traceId = error instanceof GhlFault ? error.traceId : null
  deps.log.warn({ leadId: decision.leadId, locationId, code, traceId, error: error.message }, 'delivery try failed')
  switch (verdict.kind) {
    case 'retry': {
      const tries = await deps.ledger.noteFault(decision, code, error.message)
      const restMs = verdict.restMs ?? (code === 'INTERNAL' ? 0 : deps.streaks.fault(locationId))
      if (restMs > 0) deps.restLocation(locationId, restMs)
      return { kind: 'again', delayMs: Math.max(restMs, retryDelayMs(tries, deps.random())) }
    }
    case 'park':
    case 'reauthorise':
      await deps.ledger.noteFault(decision, code, error.message)
      deps.restLocation(locationId, PARKED_MS)
      return { kind: 'again', delayMs: PARKED_MS }
    case 'adopt':
    case 'dead-letter':
      return giveUp(deps, target, message, code, error.message)
  }
}

/** The dead letter is stored before anything says "failed": a crash in between repeats, it does not lose. */
async function giveUp(
  deps: SettleDeps,
  target: Target,
  message: GivenUp,
  code: string,
  detail: string,
): Promise<Settlement> {
  const { decision } = target
  await deps.publisher.deadLetter(decision.tenant, deadLetter(message, code, detail, iso(deps.clock())))
  return announce(deps, target, await deps.ledger.saveFailed(decision, code, detail.slice(0, 500)))
}

async function announce(deps: SettleDeps, target: Target, entry: LedgerEntry): Promise<Settlement> {
  const { decision, locationId } = target
  const closed = { ...entry, state: entry.state === 'failed' ? 'failed' : 'delivered' } satisfies ClosedEntry
  const delivery = deliveryEvent(decision, locationId, closed)
  await deps.publisher.delivery(delivery)
  deps.metrics.deliveries.inc({ state: closed.state })
  deps.metrics.tries.inc({ state: closed.state }, entry.tries)
  const tookMs = entry.updatedAt.getTime() - Date.parse(decision.decidedAt)
  if (closed.state === 'delivered') deps.metrics.latency.observe(tookMs / 1_000)
  const { leadId, attempt } = decision
  deps.log.info({ leadId, attempt, locationId, state: closed.state, tries: entry.tries, tookMs }, 'lead settled')
  return closed.state === 'delivered' ? { kind: 'ack' } : { kind: 'term' }
}
