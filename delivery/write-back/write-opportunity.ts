import { classifyFault } from '../ghl/steps/classify-fault.ts'
import type { OpportunityBody } from '../ghl/steps/ghl-bodies.ts'
import { GhlFault } from '../ghl/steps/ghl-fault.ts'
import { type LeadWrite, orAdopt, orWarn, throwUntilSearchable, warn } from './lead-write.ts'
import { opportunityBody } from './steps/opportunity-body.ts'
import { perhapsOwn } from './steps/own-opportunity.ts'
import { type PickedStage, pickStage } from './steps/pick-stage.ts'

/** The lead's opportunity: made, found again after a try whose end is unknown, or the one that the contact has already. */
export async function writeOpportunity(write: LeadWrite, contactId: string): Promise<string> {
  const { entry, ledger, steps } = write
  if (entry.opportunityId !== null) return entry.opportunityId
  const earlier = entry.earlier?.opportunityId
  const known = earlier && (await isThere(write, earlier, contactId)) ? earlier : null
  const id = known ? await handOver(write, known) : await obtain(write, contactId)
  await ledger.saveSteps(write, steps, id)
  return id
}

/** The location's people may have deleted it since, or the contact that it belonged to. */
async function isThere({ ghl, withToken, locationId }: LeadWrite, id: string, contactId: string): Promise<boolean> {
  try {
    const opportunity = await withToken((token) => ghl.getOpportunity(token, locationId, id))
    return opportunity.contactId === contactId
  } catch (error) {
    if (classifyFault(error).kind === 'dead-letter') return false
    throw error
  }
}

/** The lead comes to the location again, for another of its users. */
async function handOver(write: LeadWrite, opportunityId: string): Promise<string> {
  const { ghl, withToken, locationId, owner } = write
  if (owner !== undefined) {
    const change = { assignedTo: owner }
    await orWarn(write, 'OWNER_REFUSED', () =>
      withToken((token) => ghl.updateOpportunity(token, locationId, opportunityId, change)),
    )
  }
  return opportunityId
}

async function obtain(write: LeadWrite, contactId: string): Promise<string> {
  const { ghl, withToken, facts, locationId, lead, owner, entry } = write
  const bodyFor = ({ stage }: PickedStage, user: string | undefined) =>
    opportunityBody(lead, { locationId, contactId, stage, owner: user })
  const body = bodyFor(await stageFor(write), owner)
  // Only a try that knew the contact can have come so far. Where a second one is refused, the refusal names the first.
  const isSearched = entry.contactId !== null && (await facts.duplicates(locationId, withToken)).opportunities
  const own = isSearched ? await findOwn(write, body) : null
  if (own !== null) return own
  try {
    return (await orAdopt(() => withToken((token) => ghl.createOpportunity(token, body)))).id
  } catch (error) {
    if (classifyFault(error).kind !== 'dead-letter') throw error
    const made = await findOwn(write, body)
    if (made !== null) return made
    if ((await facts.duplicates(locationId, withToken)).opportunities) throwUntilSearchable(write, error)
    // The kept stage, or the user, may have been deleted since: once more with what the location has now.
    facts.forgetPipelines(locationId)
    if (owner !== undefined) warn(write, 'OWNER_REFUSED', (error as Error).message)
    const plain = bodyFor(await stageFor(write), undefined)
    return (await orAdopt(() => withToken((token) => ghl.createOpportunity(token, plain)))).id
  }
}

async function stageFor(write: LeadWrite): Promise<PickedStage> {
  const { facts, locationId, withToken, settings } = write
  const picked = pickStage(await facts.pipelines(locationId, withToken), settings)
  if (!picked) {
    facts.forgetPipelines(locationId)
    throw new GhlFault({ operation: 'find-stage', status: 404, message: `location ${locationId} has no pipeline` })
  }
  if (picked.warning)
    warn(write, picked.warning, `${settings.pipeline ?? 'first pipeline'} / ${settings.stage ?? 'first stage'}`)
  return picked
}

async function findOwn(write: LeadWrite, body: OpportunityBody): Promise<string | null> {
  const { ghl, withToken, ledger, locationId, decision } = write
  const { contactId, pipelineId } = body
  const wanted = { locationId, contactId, pipelineId, status: 'all', order: 'added_desc', limit: 100 } as const
  const { opportunities } = await withToken((token) => ghl.searchOpportunities(token, wanted))
  const perhaps = perhapsOwn(opportunities, body, decision.decidedAt)
  if (perhaps.length === 0) return null
  const ofOthers = await ledger.opportunitiesOfOthers(decision, contactId, locationId, perhaps)
  return perhaps.find((id) => !ofOthers.has(id)) ?? null
}
