import type { ReconcileReport } from '../../contracts/delivery-request.ts'
import { classifyFault } from '../ghl/steps/classify-fault.ts'
import { compareOpportunities } from './compare-opportunities.ts'
import type { ReconcileDeps } from './reconcile-deps.ts'
import { FrontDoorFault } from './stores/front-door.ts'
import type { Mark } from './stores/marks.ts'
import { type TakenIn, takeInContacts } from './take-in-contacts.ts'

const SUB_ACCOUNTS_AT_ONCE = 4
/** Longer than any delivery in order takes, retries of a GHL that stumbles included. */
const DELIVERED_WITHIN_MS = 15 * 60_000
const LOOK_BACK_MS = 30 * 86_400_000
/** With a used-up limit of the agency the next sub-account would fail as well: hurrying on compares none of them. */
const LIMITED_TRIES_MAX = 5
const limitedWaitMs = { min: 1_000, max: 60_000 }

/**
 * Compares an agency with GHL, sub-account by sub-account; one that cannot be read keeps nobody else from it.
 * @returns null when it was stopped: what was not compared is still due
 */
export async function reconcileTenant(deps: ReconcileDeps, tenant: string): Promise<ReconcileReport | null> {
  const marks = await deps.marks.of(tenant)
  const report: ReconcileReport = {
    ...{ tenant, subAccounts: marks.length, seen: 0, takenIn: 0, missingInGhl: 0, undelivered: 0, failed: [] },
  }
  // New leads first: they wait for somebody.
  for (const subject of ['contacts', 'opportunities'] as const) {
    const queue = marks.filter((mark) => mark.subject === subject)
    await Promise.all(Array.from({ length: SUB_ACCOUNTS_AT_ONCE }, () => workOff(deps, tenant, queue, report)))
  }
  if (deps.stopping.aborted) return null
  const nowMs = deps.clock()
  report.undelivered = await deps.leads.undelivered(tenant, nowMs - DELIVERED_WITHIN_MS, nowMs - LOOK_BACK_MS)
  return report
}

async function workOff(deps: ReconcileDeps, tenant: string, queue: Mark[], report: ReconcileReport): Promise<void> {
  for (let mark = queue.shift(); mark && !deps.stopping.aborted; mark = queue.shift()) {
    const result = await compareOne(deps, tenant, mark)
    if (result === null) return
    report.seen += result.seen
    report.takenIn += result.takenIn
    report.missingInGhl += result.missing
    if (result.fault !== null) report.failed.push({ locationId: mark.locationId, code: result.fault })
    await deps.marks.note(mark, result, deps.clock())
  }
}

/** @returns null when it was stopped */
async function compareOne(deps: ReconcileDeps, tenant: string, mark: Mark, tries = 1): Promise<TakenIn | null> {
  try {
    return await (mark.subject === 'contacts' ? takeInContacts : compareOpportunities)(deps, tenant, mark)
  } catch (error) {
    if (deps.stopping.aborted) return null
    const fault = faultOf(error)
    if (fault.code === 'GHL_RATE_LIMITED' && tries < LIMITED_TRIES_MAX) {
      await deps.pause(Math.min(Math.max(fault.restMs, limitedWaitMs.min), limitedWaitMs.max))
      return compareOne(deps, tenant, mark, tries + 1)
    }
    const { locationId } = mark
    deps.log.warn({ tenant, locationId, fault: fault.code, error: (error as Error).message }, 'not compared')
    return { seen: 0, takenIn: 0, missing: 0, fault: fault.code }
  }
}

function faultOf(error: unknown): { code: string; restMs: number } {
  if (error instanceof FrontDoorFault) return { code: error.code, restMs: 0 }
  const verdict = classifyFault(error)
  return { code: verdict.code, restMs: verdict.kind === 'retry' ? (verdict.restMs ?? 0) : 0 }
}
