import type { Decision } from '../../contracts/decision.ts'
import type { GhlClient } from '../ghl/stores/ghl-client.ts'
import type { LocationTokens } from '../ghl/stores/location-tokens.ts'
import { withToken } from '../ghl/stores/with-token.ts'
import { enrolContact } from './enrol-contact.ts'
import { instant, type LeadLease } from './lead-lease.ts'
import type { LeadWrite } from './lead-write.ts'
import { contactBody } from './steps/contact-body.ts'
import type { WriteWarning } from './steps/delivery-steps.ts'
import { ghlOwner } from './steps/ghl-owner.ts'
import type { DeliveryLedger, LedgerEntry, OpenedEntry } from './stores/delivery-ledger.ts'
import type { LeadReader } from './stores/lead-reader.ts'
import type { LocationFacts } from './stores/location-facts.ts'
import type { SettingsReader } from './stores/settings-store.ts'
import { isFindable, writeContact } from './write-contact.ts'
import { writeNote } from './write-note.ts'
import { writeOpportunity } from './write-opportunity.ts'

export type Target = { decision: Decision; locationId: string }
/** One try of it. */
export type Try = Target & { lease: LeadLease }

export type DeliverDeps = {
  ledger: DeliveryLedger
  readLead: LeadReader
  settings: SettingsReader
  tokens: LocationTokens
  /** A client that asks this right before each call. */
  ghlWhile: (beforeSend: () => Promise<void>) => GhlClient
  facts: LocationFacts
  /** A lead is delivered otherwise than was set. */
  warned: (target: Target, code: WriteWarning, message: string) => void
}

export type DeliverResult =
  | { kind: 'closed'; entry: LedgerEntry }
  /** Another try has this lead or an earlier assignment of it, or GHL's search does not know yet what the last try wrote. */
  | { kind: 'not-yet'; delayMs: number }
  /** GHL does not let anything be written to the location at present. */
  | { kind: 'out'; code: string }
  | { kind: 'lead-missing' }

const TURN_MS = 1_000
/** GHL's search knows a contact or opportunity some seconds after it was made. */
const SEARCH_LAG_MS = 5_000

/**
 * Writes one assigned lead to its sub-account: contact, opportunity, note, workflow, each remembered in the ledger or found
 * again by a retry, so that a process killed between any two of them leaves one of each in the end.
 * @throws GhlFault when GHL refuses or does not answer, LeaseLost when another try has taken the lead over.
 */
export async function deliverDecision(deps: DeliverDeps, attempt: Try): Promise<DeliverResult> {
  const { locationId, lease } = attempt
  const askedAt = instant()
  const entry = await deps.ledger.open(attempt, locationId)
  if (entry.state !== 'started' && entry.state !== 'contact') return { kind: 'closed', entry }
  if (!entry.isOurs) return { kind: 'not-yet', delayMs: Math.ceil(entry.leaseLeftMs) + 1 }
  lease.granted(askedAt)
  const result = await deliverHeld(deps, attempt, entry)
  if (result.kind === 'not-yet') await deps.ledger.release(attempt)
  return result
}

async function deliverHeld(deps: DeliverDeps, attempt: Try, entry: OpenedEntry): Promise<DeliverResult> {
  const { decision } = attempt
  if (entry.isSuperseded) return { kind: 'closed', entry: await deps.ledger.withdraw(attempt) }
  if (decision.attempt > 1 && !(await deps.ledger.endEarlier(decision))) return { kind: 'not-yet', delayMs: TURN_MS }
  if (entry.outageCode !== null) return { kind: 'out', code: entry.outageCode }
  const write = await beginWrite(deps, attempt, entry)
  if (write === null) return { kind: 'lead-missing' }
  const lagMs = await searchLagMs(write)
  if (lagMs > 0) return { kind: 'not-yet', delayMs: lagMs }
  const contactId = await writeContact(write)
  await writeOpportunity(write, contactId)
  await writeNote(write, contactId)
  await enrolContact(write, contactId)
  return { kind: 'closed', entry: await deps.ledger.saveDelivered(attempt, write.steps) }
}

async function beginWrite(deps: DeliverDeps, attempt: Try, entry: OpenedEntry): Promise<LeadWrite | null> {
  const { decision, locationId, lease } = attempt
  const lead = await deps.readLead(decision)
  if (!lead) return null
  const settings = await deps.settings(decision, locationId)
  const tokens = deps.tokens.of(decision.tenant, locationId)
  return {
    ghl: deps.ghlWhile(lease.confirm),
    lease,
    ledger: deps.ledger,
    facts: deps.facts,
    withToken: (call) => withToken(tokens, call),
    decision,
    locationId,
    lead,
    settings,
    owner: ghlOwner(decision, settings),
    entry,
    steps: { ...entry.steps },
    log: (code, message) => deps.warned(attempt, code, message),
  }
}

/** How long a retry that can find the last try's work by GHL's search alone must wait until the search knows it. */
async function searchLagMs({ entry, lead, locationId, facts, withToken }: LeadWrite): Promise<number> {
  const { contactId, opportunityId, sinceLastMs } = entry
  const lagMs = Math.ceil(SEARCH_LAG_MS - (sinceLastMs ?? SEARCH_LAG_MS))
  if (lagMs <= 0 || opportunityId !== null) return 0
  const isSearched =
    contactId === null
      ? !isFindable(contactBody(lead, locationId, { owner: undefined, leadIdFieldId: null }))
      : (await facts.duplicates(locationId, withToken)).opportunities
  return isSearched ? lagMs : 0
}
