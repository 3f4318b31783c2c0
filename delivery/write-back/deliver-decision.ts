import type { Decision } from '../../contracts/decision.ts'
import { classifyFault } from '../ghl/steps/classify-fault.ts'
import type { GhlClient } from '../ghl/stores/ghl-client.ts'
import type { LocationTokens } from '../ghl/stores/location-tokens.ts'
import { type TokenSource, withToken } from '../ghl/stores/with-token.ts'
import { contactBody } from './steps/contact-body.ts'
import type { Lead } from './steps/lead.ts'
import { leadMarker } from './steps/lead-marker.ts'
import { leadTags } from './steps/lead-tags.ts'
import { opportunityBody } from './steps/opportunity-body.ts'
import type { DeliveryLedger, LedgerEntry } from './stores/delivery-ledger.ts'
import type { LeadReader } from './stores/lead-reader.ts'
import type { StageCache } from './stores/stage-cache.ts'

export type Target = { decision: Decision; locationId: string }

export type DeliverDeps = {
  ledger: DeliveryLedger
  readLead: LeadReader
  tokens: LocationTokens
  ghl: GhlClient
  stages: StageCache
}

export type DeliverResult =
  | { kind: 'closed'; entry: LedgerEntry }
  /** An earlier assignment of this lead has not ended yet. */
  | { kind: 'not-its-turn' }
  | { kind: 'lead-missing' }

/**
 * Writes one assigned lead to its sub-account: contact, then tags, then opportunity, each found again by a retry, so that
 * a process killed between any two of them leaves one of each in the end.
 * @throws GhlFault when GHL refuses or does not answer.
 */
export async function deliverDecision(deps: DeliverDeps, target: Target): Promise<DeliverResult> {
  const { decision, locationId } = target
  const entry = await deps.ledger.open(decision)
  if (entry.state === 'delivered' || entry.state === 'failed') return { kind: 'closed', entry }
  if (decision.attempt > 1 && (await deps.ledger.isEarlierAttemptOpen(decision))) return { kind: 'not-its-turn' }
  const lead = await deps.readLead(decision)
  if (!lead) return { kind: 'lead-missing' }
  const tokens = deps.tokens.of(decision.tenant, locationId)
  const contactId = entry.contactId ?? (await writeContact(deps, tokens, target, lead, entry.tries))
  await withToken(tokens, (token) => deps.ghl.addTags(token, locationId, contactId, leadTags(lead)))
  const opportunityId = await writeOpportunity(deps, tokens, locationId, lead, contactId)
  return { kind: 'closed', entry: await deps.ledger.saveDelivered(decision, opportunityId) }
}

/**
 * GHL's upsert finds the contact of an earlier try by e-mail or phone. A lead with neither would become a second contact,
 * so after a try whose end is unknown it is looked for by our marker.
 */
async function writeContact(
  { ghl, ledger }: DeliverDeps,
  tokens: TokenSource,
  { decision, locationId }: Target,
  lead: Lead,
  tries: number,
): Promise<string> {
  const body = contactBody(lead, locationId)
  const isFindable = body.email !== undefined || body.phone !== undefined
  const marker = leadMarker(lead.leadId)
  const earlier =
    tries > 1 && !isFindable
      ? await withToken(tokens, (token) => ghl.findContactBySource(token, locationId, marker))
      : null
  const contactId = earlier ?? (await orAdopt(() => withToken(tokens, (token) => ghl.upsertContact(token, body))))
  await ledger.saveContact(decision, contactId)
  return contactId
}

async function writeOpportunity(
  { ghl, stages }: DeliverDeps,
  tokens: TokenSource,
  locationId: string,
  lead: Lead,
  contactId: string,
): Promise<string> {
  const create = async (): Promise<string> => {
    const stage = await withToken(tokens, (token) => stages.get(token, locationId))
    const body = opportunityBody(lead, locationId, contactId, stage)
    return orAdopt(() => withToken(tokens, (token) => ghl.createOpportunity(token, body)))
  }
  try {
    return await create()
  } catch (error) {
    // The kept stage may have been deleted since: once more with what the location has now.
    if (classifyFault(error).kind !== 'dead-letter') throw error
    stages.forget(locationId)
    return create()
  }
}

/** "It exists already" is success: GHL names the existing one. */
async function orAdopt(write: () => Promise<string>): Promise<string> {
  try {
    return await write()
  } catch (error) {
    const verdict = classifyFault(error)
    if (verdict.kind === 'adopt') return verdict.id
    throw error
  }
}
