import type { Decision } from '../contracts/decision.ts'
import type { Lead } from '../decide/lead.ts'
import { type Known, type Proposal, proposeRoutes } from './propose-routes.ts'
import { reservePlaces } from './reserve-places.ts'
import type { RouteDeps } from './route-deps.ts'
import type { Routed } from './stores/routed.ts'

/**
 * Decides, reserves and commits a batch of leads, in its order. Every lead given has a stored decision of its attempt
 * afterwards, but for held ones that must wait on; those that this call or an earlier delivery of the same event made are
 * returned, to be published. The one function that assigns.
 * @throws CountersNotReady, StaleEpoch: rebuild the counters and call again.
 */
export async function routeLeads(deps: RouteDeps, given: readonly Known[]): Promise<Decision[]> {
  const unique = [...new Map(given.map((known) => [known.lead.leadId, known])).values()]
  const decided = await deps.leads.known(unique.map(({ lead }) => lead))
  const routed = await decideAll(
    deps,
    unique.filter(({ lead }) => !decided.has(lead.leadId)),
  )
  const { written, givenUp } = await deps.leads.commit(routed)
  const fresh = routed.filter(({ lead }) => written.has(lead.leadId)).map(({ decision }) => decision)
  const others = unique.filter(({ lead }) => decided.has(lead.leadId) || isLost(lead, routed, written))
  const stored = await deps.leads.decisions(others.map(({ lead }) => lead))
  await deps.capacity.giveBack(givenUp)
  await settle(
    deps,
    [...fresh, ...stored],
    routed.filter(({ lead }) => !written.has(lead.leadId)),
  )
  const eventOf = new Map(others.map(({ lead }) => [lead.leadId, lead.eventId]))
  return [...fresh, ...stored.filter((decision) => eventOf.get(decision.leadId) === decision.eventId)]
}

/**
 * Those that found no place only because others of the batch stand before them are looked at again when these have theirs:
 * on the counters as they then are, so that no place stays empty. The first of a batch is never in doubt.
 */
async function decideAll(deps: RouteDeps, known: readonly Known[]): Promise<Routed[]> {
  const routed: Routed[] = []
  for (let open = known; open.length > 0; ) {
    const proposals = await proposeRoutes(deps, open)
    const sure = proposals.filter(({ isDoubtful }) => !isDoubtful)
    routed.push(...(await reservePlaces(deps, sure.filter(isNews))))
    open = open.filter((_, i) => proposals[i]!.isDoubtful)
  }
  return routed
}

/**
 * A lead that waits and must wait on keeps its place in the queue, and one that cannot go where a person wishes stays where
 * it is: no further decision is made of that.
 */
function isNews({ prepared, verdict }: Proposal): boolean {
  const { kind } = prepared.lead.request
  if (kind === 'held') return verdict.outcome !== 'held'
  if (kind !== 'claim' && kind !== 'move') return true
  return verdict.outcome === 'assigned' && verdict.standings[0]?.option.tier === 'explicit'
}

const isLost = (lead: Lead, routed: readonly Routed[], written: ReadonlySet<string>): boolean =>
  !written.has(lead.leadId) && routed.some((entry) => entry.lead.leadId === lead.leadId)

/**
 * The ledger learns what is committed. A reservation whose lead another router committed without one (it found all full
 * a moment before) is given back.
 */
async function settle({ capacity }: RouteDeps, decisions: readonly Decision[], lost: readonly Routed[]): Promise<void> {
  const assigned = decisions.filter(({ outcome }) => outcome === 'assigned')
  await capacity.committed(assigned)
  const holders = new Set(assigned.map(({ leadId, attempt }) => `${leadId} ${attempt}`))
  const orphans = lost.flatMap(({ lead, reservation }) =>
    reservation && !holders.has(`${lead.leadId} ${lead.attempt}`)
      ? [{ ...lead, places: reservation.places, state: 'RELEASED' as const, before: 'RESERVED' as const }]
      : [],
  )
  await capacity.giveBack(orphans)
}
