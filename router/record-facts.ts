import type { LeadFact } from '../contracts/lead-fact.ts'
import { derivedUuid } from '../kernel/derived-uuid.ts'
import type { LiveOrganisation } from './live-organisation.ts'
import type { ReadFact } from './steps/read-fact.ts'
import type { Capacity } from './stores/capacity.ts'
import type { FactStore } from './stores/fact-store.ts'

export type FactDeps = { organisation: LiveOrganisation; capacity: Capacity; facts: FactStore }

/**
 * Stores what happened to leads and gives concurrent capacity back for those that ended. Facts about contacts that are
 * no leads of ours are dropped: a sub-account has its own customers.
 * @returns the facts to publish. @throws CountersNotReady
 */
export async function recordFacts(deps: FactDeps, read: readonly ReadFact[]): Promise<LeadFact[]> {
  if (read.length === 0) return []
  const leads = await deps.facts.leadsOf(
    read.map(({ tenant }) => tenant),
    read.map(({ contactKey }) => contactKey),
  )
  const facts = read.flatMap((fact) => {
    const lead = leads.get(fact.contactKey)
    return lead ? [toLeadFact(fact, lead, deps.organisation.location(fact.locationId)?.regionId ?? null)] : []
  })
  if (facts.length === 0) return []
  const closed = await deps.facts.record(facts)
  await deps.capacity.giveBack(closed.map((entry) => ({ ...entry, state: 'CLOSED', before: 'COMMITTED' })))
  return facts
}

function toLeadFact(
  fact: ReadFact,
  lead: { leadId: string; leadCreatedAt: string },
  regionId: string | null,
): LeadFact {
  return {
    factId: derivedUuid('fact', lead.leadId, fact.kind, fact.occurredAt),
    leadId: lead.leadId,
    tenant: fact.tenant,
    locationId: fact.locationId,
    regionId,
    fact: fact.kind,
    occurredAt: fact.occurredAt,
    value: fact.value,
    eventId: fact.eventId,
    leadCreatedAt: lead.leadCreatedAt,
  }
}
