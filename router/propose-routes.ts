import type { Snapshot, StickyOwner } from '../contracts/decision.ts'
import { type Case, prepareCase } from '../decide/case.ts'
import { counterKeysOf, countersSeen, statusIdsOf } from '../decide/case-counters.ts'
import type { Lead } from '../decide/lead.ts'
import { placeLead } from '../decide/place-lead.ts'
import type { Verdict } from '../decide/verdict.ts'
import { walkFor } from '../decide/walk.ts'
import { derivedUuid } from '../kernel/derived-uuid.ts'
import type { RouteDeps } from './route-deps.ts'

/** A lead and who knows the person. */
export type Known = { lead: Lead; sticky: StickyOwner | null }

export type Proposal = {
  prepared: Case
  snapshot: Snapshot
  verdict: Verdict
  /** Found no place, where a lead before it in the batch would take one: that one may not take it after all. */
  isDoubtful: boolean
}

/** First opinion: every lead decided on the counters as read, each seeing the places that those before it would take. */
export async function proposeRoutes(deps: RouteDeps, known: readonly Known[]): Promise<Proposal[]> {
  const { organisation, waiting, clock } = deps
  const nowMs = clock()
  const again = known.filter(({ lead }) => lead.attempt > 1).map(({ lead }) => lead.leadId)
  const engagement = again.length > 0 ? await deps.engagementOf(again) : new Map<string, never>()
  const cases = known.map(({ lead, sticky }) =>
    prepareCase(
      lead,
      organisation.ruleset(lead.tenant),
      { sticky, engagement: [...(engagement.get(lead.leadId) ?? [])] },
      nowMs,
    ),
  )
  const keys = cases.map(counterKeysOf)
  const counters = await readCounters(deps, cases, keys)
  const taken = new Set<string>()
  return cases.map((prepared, i) => {
    const { tenant } = prepared.lead
    const { locationIds, userIds } = statusIdsOf(prepared)
    const snapshot: Snapshot = {
      counters: countersSeen(prepared, (key) => counters.get(key) ?? 0),
      statuses: organisation.statuses(tenant, locationIds, userIds),
      refused: {},
      sticky: prepared.history.sticky,
      waiting: waitingAmong(waiting(tenant), locationIds),
      engagement: prepared.history.engagement,
    }
    const verdict = placeLead(prepared, snapshot, seedOf(prepared.lead))
    if (verdict.outcome === 'assigned') take(counters, taken, walkFor(prepared, verdict, 1))
    const isDoubtful = verdict.outcome !== 'assigned' && keys[i]!.some((key) => taken.has(key))
    return { prepared, snapshot, verdict, isDoubtful }
  })
}

/** Ties fall the same way in a replay, and differently for each lead. */
export const seedOf = (lead: Lead): string => derivedUuid('seed', lead.leadId, lead.attempt)

async function readCounters(
  { capacity }: RouteDeps,
  cases: readonly Case[],
  keys: readonly (readonly string[])[],
): Promise<Map<string, number>> {
  const byTenant = new Map<string, Set<string>>()
  for (const [i, { lead }] of cases.entries()) {
    const wanted = byTenant.get(lead.tenant) ?? new Set()
    for (const key of keys[i]!) wanted.add(key)
    byTenant.set(lead.tenant, wanted)
  }
  const parts = await Promise.all([...byTenant.values()].map((wanted) => capacity.read([...wanted])))
  return new Map(parts.flatMap((part) => Object.entries(part)))
}

const waitingAmong = (waiting: Record<string, number>, locationIds: readonly string[]): Record<string, number> =>
  Object.fromEntries(locationIds.flatMap((id) => (waiting[id] ? [[id, waiting[id]] as const] : [])))

function take(counters: Map<string, number>, taken: Set<string>, [chosen]: ReturnType<typeof walkFor>): void {
  const raised = new Set<string>()
  for (const { key, amount } of chosen?.counters ?? []) {
    // Two caps may limit one counter; it is raised once.
    if (!raised.has(key)) counters.set(key, (counters.get(key) ?? 0) + amount)
    raised.add(key)
    taken.add(key)
  }
}
