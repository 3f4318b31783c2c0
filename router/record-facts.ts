import type { LeadFact } from '../contracts/lead-fact.ts'
import { businessMinutesBetween } from '../decide/hours/business-time.ts'
import { isTouch } from '../decide/lifecycle/touch.ts'
import { leadFields } from '../decide/rules/lead-fields.ts'
import { scoreLead } from '../decide/rules/score-lead.ts'
import type { Clock } from '../kernel/clock.ts'
import { derivedUuid } from '../kernel/derived-uuid.ts'
import type { LiveOrganisation } from './live-organisation.ts'
import type { ReadFact } from './steps/read-fact.ts'
import type { Capacity } from './stores/capacity.ts'
import type { FactStore } from './stores/fact-store.ts'
import type { LeadOfContact } from './stores/waiting-facts.ts'

export type FactDeps = { organisation: LiveOrganisation; capacity: Capacity; facts: FactStore; clock: Clock }

type Told = { fact: ReadFact; lead: LeadOfContact }

const WAITING_MAX = 500
/** Long after any delivery has found its contact again. */
const WAITING_KEPT_MS = 24 * 3_600_000

/**
 * Stores what happened to leads and gives concurrent capacity back for those that ended. Facts about contacts that are
 * no leads of ours are dropped: a sub-account has its own customers. While a delivery there has not said which contact it
 * made, they are kept.
 * @returns the facts to publish. @throws CountersNotReady
 */
export async function recordFacts(deps: FactDeps, read: readonly ReadFact[]): Promise<LeadFact[]> {
  if (read.length === 0) return []
  const leads = await deps.facts.leadsOf(read)
  const awaited = read.filter(({ contactKey }) => leads.get(contactKey) === 'awaited')
  await deps.facts.waiting.keep(awaited, deps.clock())
  return record(
    deps,
    read.flatMap((fact) => {
      const lead = leads.get(fact.contactKey)
      return lead === undefined || lead === 'awaited' ? [] : [{ fact, lead }]
    }),
  )
}

/**
 * Facts whose lead has become known meanwhile. To be repeated every few seconds; a crash in between repeats facts, which
 * changes nothing. @throws CountersNotReady
 */
export async function recordWaitingFacts(
  deps: FactDeps,
  publish: (facts: readonly LeadFact[]) => Promise<void>,
): Promise<LeadFact[]> {
  const told = await deps.facts.waiting.resolved(WAITING_MAX)
  const facts = await record(deps, told)
  await publish(facts)
  await deps.facts.waiting.remove(told.map(({ fact }) => fact))
  await deps.facts.waiting.forget(deps.clock() - WAITING_KEPT_MS)
  return facts
}

async function record({ facts: store, capacity, organisation, clock }: FactDeps, told: readonly Told[]) {
  if (told.length === 0) return []
  const facts = told.map((one) => toLeadFact(one, organisation))
  const nowMs = clock()
  const { closed, byOwner } = await store.record(facts, (lead, engagement) => {
    const ruleset = organisation.ruleset(lead.tenant)
    return scoreLead(ruleset.score, leadFields(lead, ruleset.fieldPolicy, nowMs), engagement, nowMs)
  })
  await capacity.giveBack(closed.map((entry) => ({ ...entry, state: 'CLOSED', before: 'COMMITTED' })))
  return byOwner
}

function toLeadFact({ fact, lead }: Told, organisation: LiveOrganisation): LeadFact {
  return {
    factId: derivedUuid('fact', lead.leadId, fact.kind, fact.occurredAt),
    leadId: lead.leadId,
    tenant: fact.tenant,
    locationId: fact.locationId,
    regionId: organisation.location(fact.locationId)?.regionId ?? null,
    fact: fact.kind,
    occurredAt: fact.occurredAt,
    value: fact.value,
    businessMs: isTouch(fact.kind) ? businessMsUntil({ fact, lead }, organisation) : null,
    eventId: fact.eventId,
    leadCreatedAt: lead.leadCreatedAt,
  }
}

/** In the hours of the ruleset that runs now: the promise of a first touch counts in the same. */
function businessMsUntil({ fact, lead }: Told, organisation: LiveOrganisation): number | null {
  const site = organisation.ruleset(fact.tenant).siteOf(fact.locationId)
  if (!site) return null
  const [fromMs, toMs] = [Date.parse(lead.leadCreatedAt), Date.parse(fact.occurredAt)]
  return Math.round(businessMinutesBetween(site.hours, site.location.timeZone, fromMs, toMs) * 60_000)
}
