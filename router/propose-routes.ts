import type { Snapshot, StickyOwner } from '../contracts/snapshot.ts'
import { type Case, prepareCase } from '../decide/case.ts'
import { counterKeysOf } from '../decide/case-counters.ts'
import { groupBy } from '../decide/group-by.ts'
import type { Lead } from '../decide/lead.ts'
import { placeLead } from '../decide/place-lead.ts'
import type { Verdict } from '../decide/verdict.ts'
import { walkFor } from '../decide/walk.ts'
import type { RouteDeps } from './route-deps.ts'
import { snapshotOf } from './snapshot-of.ts'
import { seedOf } from './steps/seed-of.ts'

/** A lead and who knows the person. */
export type Known = { lead: Lead; sticky: StickyOwner | null }

export type Proposal = {
  prepared: Case
  snapshot: Snapshot
  verdict: Verdict
  /** Decides ties. */
  seed: string
  /** Found no place, where a lead before it in the batch would take one: that one may not take it after all. */
  isDoubtful: boolean
}

/** First opinion: every lead decided on the counters as read, each seeing the places that those before it would take. */
export async function proposeRoutes(deps: RouteDeps, known: readonly Known[]): Promise<Proposal[]> {
  const { organisation, clock } = deps
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
    const snapshot = snapshotOf(deps, prepared, counters)
    const seed = seedOf(prepared.lead)
    const verdict = placeLead(prepared, snapshot, seed)
    if (verdict.outcome === 'assigned') take(counters, taken, walkFor(prepared, verdict, 1))
    const isDoubtful = verdict.outcome !== 'assigned' && keys[i]!.some((key) => taken.has(key))
    return { prepared, snapshot, verdict, seed, isDoubtful }
  })
}

async function readCounters(
  { capacity }: RouteDeps,
  cases: readonly Case[],
  keys: readonly (readonly string[])[],
): Promise<Map<string, number>> {
  const byTenant = groupBy([...cases.keys()], (i) => cases[i]!.lead.tenant)
  const parts = await Promise.all(
    [...byTenant.values()].map((positions) => {
      // A batch asks tens of thousands of times for a few hundred counters.
      const wanted = new Set<string>()
      for (const i of positions) for (const key of keys[i]!) wanted.add(key)
      return capacity.read([...wanted])
    }),
  )
  return parts.length === 1 ? parts[0]! : new Map(parts.flatMap((part) => [...part]))
}

function take(counters: Map<string, number>, taken: Set<string>, [chosen]: ReturnType<typeof walkFor>): void {
  const raised = new Set<string>()
  for (const { key, amount } of chosen?.counters ?? []) {
    // Two caps may limit one counter; it is raised once.
    if (!raised.has(key)) counters.set(key, (counters.get(key) ?? 0) + amount)
    raised.add(key)
    taken.add(key)
  }
}
