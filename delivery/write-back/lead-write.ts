import type { Decision } from '../../contracts/decision.ts'
import { classifyFault } from '../ghl/steps/classify-fault.ts'
import { GhlFault } from '../ghl/steps/ghl-fault.ts'
import type { GhlClient } from '../ghl/stores/ghl-client.ts'
import type { LeadLease } from './lead-lease.ts'
import type { DeliverySteps, WriteWarning } from './steps/delivery-steps.ts'
import { isRefusal } from './steps/is-refusal.ts'
import type { Lead } from './steps/lead.ts'
import type { EffectiveSettings } from './steps/merge-settings.ts'
import type { DeliveryLedger, OpenedEntry } from './stores/delivery-ledger.ts'
import type { LocationFacts, WithToken } from './stores/location-facts.ts'

/** One try to write one lead to its sub-account: what its steps share. */
export type LeadWrite = {
  /** Sends only while this try has the lead. */
  ghl: GhlClient
  lease: LeadLease
  ledger: DeliveryLedger
  facts: LocationFacts
  withToken: WithToken
  decision: Decision
  locationId: string
  lead: Lead
  settings: EffectiveSettings
  /** GHL's id of the user who gets the lead. */
  owner: string | undefined
  /** The ledger row as it was when the try began. */
  entry: OpenedEntry
  /** Done so far, by this try and those before; saved by the steps that a crash must not repeat. */
  steps: DeliverySteps
  log: (code: WriteWarning, message: string) => void
}

export function warn({ steps, log }: LeadWrite, code: WriteWarning, message: string): void {
  if (!steps.warnings?.includes(code)) steps.warnings = [...(steps.warnings ?? []), code]
  log(code, message)
}

/** Null, and a warning, when GHL will not do it: worth less than the lead. */
export async function orWarn<T>(write: LeadWrite, code: WriteWarning, call: () => Promise<T>): Promise<T | null> {
  try {
    return await call()
  } catch (error) {
    if (!isRefusal(error)) throw error
    warn(write, code, (error as Error).message)
    return null
  }
}

export type Written = { id: string; isNew: boolean }

/** "It exists already" is success: GHL names the existing one. */
export async function orAdopt(create: () => Promise<string>): Promise<Written> {
  try {
    return { id: await create(), isNew: true }
  } catch (error) {
    const verdict = classifyFault(error)
    if (verdict.kind === 'adopt') return { id: verdict.id, isNew: false }
    throw error
  }
}

/**
 * GHL's refusal may still have written, and its search knows so only seconds later: the first try ends here, the next one
 * looks before it writes.
 */
export function throwUntilSearchable({ entry }: LeadWrite, refusal: unknown): void {
  if (entry.tries > 1) return
  throw new GhlFault({
    operation: 'search-again',
    status: 0,
    message: `perhaps written: ${(refusal as Error).message}`,
  })
}
