import type { Delivery } from '../../contracts/delivery.ts'
import { type Clock, iso } from '../../kernel/clock.ts'
import type { Logger } from '../../kernel/logger.ts'
import type { DeliveryMetrics } from '../delivery-metrics.ts'
import { classifyFault } from '../ghl/steps/classify-fault.ts'
import { GhlFault } from '../ghl/steps/ghl-fault.ts'
import { type DeliverDeps, deliverDecision, type Target, type Try } from './deliver-decision.ts'
import type { FaultStreaks } from './fault-streaks.ts'
import { createLeadLease } from './lead-lease.ts'
import { deadLetter, type GivenUp } from './steps/dead-letter.ts'
import { type ClosedEntry, deliveryEvent } from './steps/delivery-event.ts'
import { LeaseLost } from './steps/lease-lost.ts'
import { retryDelayMs } from './steps/retry-delay.ts'
import type { LedgerEntry } from './stores/delivery-ledger.ts'
import type { Publisher } from './stores/publisher.ts'

/** What becomes of the message. */
export type Settlement = { kind: 'ack' } | { kind: 'term' } | { kind: 'again'; delayMs: number }

export type SettleDeps = DeliverDeps & {
  publisher: Publisher
  streaks: FaultStreaks
  /** No work for this location for so long. */
  restLocation: (target: Target, ms: number) => void
  /** How long a lead is one try's without being renewed. */
  leaseMs: number
  /** Between two tries of a lead that waits for people. */
  blockedMs: number
  metrics: DeliveryMetrics
  clock: Clock
  random: () => number
  log: Logger
}

/** The stream forgets a message after 14 days: what cannot be written by then is a dead letter before, and can be redriven. */
const GIVEN_UP_AFTER_MS = 10 * 86_400_000

/** The message of a lead that another try took over: it is that one's to end. */
const LOST_AGAIN_MS = 1_000

/** Delivers, and turns every result and fault into what becomes of the message. Throws only when a store is down. */
export async function settleDecision(deps: SettleDeps, target: Target, message: GivenUp): Promise<Settlement> {
  const lease = createLeadLease(target.decision, deps.leaseMs, deps.ledger.renew)
  const attempt = { ...target, lease }
  try {
    return await settleTry(deps, attempt, message).catch((error: Error) => {
      if (error instanceof LeaseLost) throw error
      return settleFault(deps, attempt, message, error)
    })
  } catch (error) {
    if (!(error instanceof LeaseLost)) throw error
    deps.metrics.faults.inc({ code: 'LEASE_LOST' })
    deps.log.warn({ leadId: target.decision.leadId, locationId: target.locationId }, 'another try has the lead')
    return { kind: 'again', delayMs: LOST_AGAIN_MS }
  }
}

async function settleTry(deps: SettleDeps, attempt: Try, message: GivenUp): Promise<Settlement> {
  const result = await deliverDecision(deps, attempt)
  switch (result.kind) {
    case 'closed':
      deps.streaks.success(attempt.locationId)
      return announce(deps, attempt, result.entry)
    case 'not-yet':
      return { kind: 'again', delayMs: result.delayMs }
    case 'out':
      return park(deps, attempt, message, result.code, new Error('GHL called the location out before'))
    case 'lead-missing':
      return giveUp(deps, attempt, message, 'LEAD_MISSING', 'no lead row of this id and creation time')
  }
}

async function settleFault(deps: SettleDeps, attempt: Try, message: GivenUp, error: Error): Promise<Settlement> {
  const { locationId, decision } = attempt
  const verdict = classifyFault(error)
  const { code } = verdict
  deps.metrics.faults.inc({ code })
  const traceId = error instanceof GhlFault ? error.traceId : null
  deps.log.warn({ leadId: decision.leadId, locationId, code, traceId, error: error.message }, 'delivery try failed')
  switch (verdict.kind) {
    case 'retry': {
      if (isTooOld(deps, attempt)) return giveUp(deps, attempt, message, code, error.message)
      const tries = await deps.ledger.noteFault(attempt, code, error.message)
      const restMs = verdict.restMs ?? (code === 'INTERNAL' ? 0 : deps.streaks.fault(locationId))
      if (restMs > 0) deps.restLocation(attempt, restMs)
      return { kind: 'again', delayMs: Math.max(restMs, retryDelayMs(tries, deps.random())) }
    }
    case 'park':
      if (isLocationOut(code)) return park(deps, attempt, message, code, error)
      return waitForPeople(deps, attempt, message, code, error)
    case 'reauthorise':
      return waitForPeople(deps, attempt, message, code, error)
    case 'adopt':
    case 'dead-letter':
      return giveUp(deps, attempt, message, code, error.message)
  }
}

/** The sub-account itself is out; what is wrong with the agency's connection or its pipelines does not move leads. */
const isLocationOut = (code: string): boolean => code.startsWith('LOCATION_')

/** Somebody has to connect the agency again, or make a pipeline: the lead stays where it is, and is tried again each `blockedMs`. */
async function waitForPeople(
  deps: SettleDeps,
  attempt: Try,
  message: GivenUp,
  code: string,
  error: Error,
): Promise<Settlement> {
  if (isTooOld(deps, attempt)) return giveUp(deps, attempt, message, code, error.message)
  await deps.ledger.noteFault(attempt, code, error.message)
  deps.restLocation(attempt, deps.blockedMs)
  return { kind: 'again', delayMs: deps.blockedMs }
}

const isTooOld = ({ clock }: SettleDeps, { decision }: Try): boolean =>
  clock() - Date.parse(decision.decidedAt) > GIVEN_UP_AFTER_MS

async function park(deps: SettleDeps, attempt: Try, message: GivenUp, code: string, error: Error): Promise<Settlement> {
  const parked = await deps.ledger.park(attempt, attempt.locationId, code, error.message)
  return parked ? announce(deps, attempt, parked) : waitForPeople(deps, attempt, message, code, error)
}

/** The dead letter is stored before anything says "failed": a crash in between repeats, it does not lose. */
async function giveUp(
  deps: SettleDeps,
  attempt: Try,
  message: GivenUp,
  code: string,
  detail: string,
): Promise<Settlement> {
  const { decision, lease } = attempt
  await lease.confirm()
  await deps.publisher.deadLetter(decision.tenant, deadLetter(message, code, detail, iso(deps.clock())))
  return announce(deps, attempt, await deps.ledger.saveFailed(attempt, code, detail))
}

async function announce(deps: SettleDeps, { decision, locationId }: Target, entry: LedgerEntry): Promise<Settlement> {
  const delivery = deliveryEvent(decision, locationId, entry as ClosedEntry)
  await deps.publisher.delivery(delivery)
  const tookMs = entry.updatedAt.getTime() - Date.parse(decision.decidedAt)
  count(deps.metrics, delivery, tookMs)
  const { leadId, attempt, state, tries } = delivery
  deps.log.info({ leadId, attempt, locationId, state, tries, tookMs }, 'lead settled')
  return state === 'failed' ? { kind: 'term' } : { kind: 'ack' }
}

function count(metrics: DeliveryMetrics, { state, tries }: Delivery, tookMs: number): void {
  metrics.deliveries.inc({ state })
  metrics.tries.inc({ state }, tries)
  if (state === 'delivered') metrics.latency.observe(tookMs / 1_000)
}
