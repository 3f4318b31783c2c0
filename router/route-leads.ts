import type { Decision, Snapshot } from '../contracts/decision.ts'
import { findCandidates, type Match } from '../decide/candidates/find-candidates.ts'
import type { CompiledRuleset } from '../decide/compile-ruleset.ts'
import { countersFor, decide } from '../decide/decide.ts'
import type { Lead } from '../decide/lead.ts'
import type { Clock } from '../kernel/clock.ts'
import { derivedUuid } from '../kernel/derived-uuid.ts'
import type { LiveOrganisation } from './live-organisation.ts'
import { type Capacity, CountersNotReady, type ReserveAnswer } from './stores/capacity.ts'
import type { LeadStore, Routed } from './stores/lead-store.ts'

export type RouteDeps = { organisation: LiveOrganisation; capacity: Capacity; leads: LeadStore; clock: Clock }

/** What a reservation was decided on: enough to decide it again after a crash, and to replay it. */
type Inputs = { nowMs: number; rulesetHash: string; snapshot: Snapshot }

type Attempt = { lead: Lead; ruleset: CompiledRuleset; matches: Match[]; inputs: Inputs; decision: Decision }

/**
 * Decides, reserves and commits a batch of leads. Every lead given has exactly one stored decision afterwards; those
 * that this call or an earlier delivery of the same event made are returned, to be published.
 * @throws CountersNotReady, StaleEpoch: rebuild the counters and call again.
 */
export async function routeLeads(deps: RouteDeps, leads: readonly Lead[]): Promise<Decision[]> {
  const unique = [...new Map(leads.map((lead) => [lead.leadId, lead])).values()]
  const known = await deps.leads.known(unique)
  const attempts = await propose(
    deps,
    unique.filter((lead) => !known.has(lead.leadId)),
  )
  const routed = await reserve(deps, attempts)
  const written = routed.length > 0 ? await deps.leads.commit(routed) : new Set<string>()
  const fresh = routed.filter(({ lead }) => written.has(lead.leadId)).map(({ decision }) => decision)
  const others = unique.filter((lead) => !written.has(lead.leadId))
  const stored = others.length > 0 ? await deps.leads.decisions(others.map((lead) => lead.leadId)) : []
  await settle(
    deps,
    [...fresh, ...stored],
    routed.filter(({ lead }) => !written.has(lead.leadId)),
  )
  const eventOf = new Map(others.map((lead) => [lead.leadId, lead.eventId]))
  return [...fresh, ...stored.filter((decision) => eventOf.get(decision.leadId) === decision.eventId)]
}

/** First opinion: every lead decided on the counters as read, each seeing the places that those before it would take. */
async function propose({ organisation, capacity, clock }: RouteDeps, leads: readonly Lead[]): Promise<Attempt[]> {
  const nowMs = clock()
  const found = leads.map((lead) => {
    const ruleset = organisation.ruleset(lead.tenant)
    return { lead, ruleset, matches: findCandidates(lead.place, ruleset) }
  })
  const counters = await readCounters(capacity, found, nowMs)
  return found.map(({ lead, ruleset, matches }) => {
    const keys = matches.flatMap((match) => countersFor(match, ruleset, nowMs).map(({ key }) => key))
    const snapshot: Snapshot = {
      counters: Object.fromEntries(keys.map((key) => [key, counters[key] ?? 0])),
      statuses: organisation.statuses(matches.map(({ location }) => location.id)),
      refused: {},
      sticky: null,
      waiting: {},
      engagement: [],
    }
    const inputs = { nowMs, rulesetHash: ruleset.hash, snapshot }
    const decision = decide(lead, ruleset, snapshot, nowMs, seedOf(lead), matches)
    const chosen = matches.find(({ location }) => location.id === decision.locationId)
    for (const { key } of chosen ? countersFor(chosen, ruleset, nowMs) : []) counters[key] = (counters[key] ?? 0) + 1
    return { lead, ruleset, matches, inputs, decision }
  })
}

async function readCounters(
  capacity: Capacity,
  found: readonly Pick<Attempt, 'lead' | 'ruleset' | 'matches'>[],
  nowMs: number,
): Promise<Record<string, number>> {
  const byTenant = new Map<string, Set<string>>()
  for (const { lead, ruleset, matches } of found) {
    const keys = byTenant.get(lead.tenant) ?? new Set()
    for (const match of matches) for (const { key } of countersFor(match, ruleset, nowMs)) keys.add(key)
    byTenant.set(lead.tenant, keys)
  }
  const parts = await Promise.all([...byTenant.values()].map((keys) => capacity.read([...keys])))
  return Object.assign({}, ...parts)
}

/** The reservation walks each ranked list atomically; where it found another truth than was read, it is decided again. */
async function reserve(deps: RouteDeps, attempts: readonly Attempt[]): Promise<Routed[]> {
  const wanting = attempts.filter(({ decision }) => decision.outcome === 'assigned')
  const answers = await deps.capacity.reserve(
    wanting.map(({ lead, ruleset, matches, inputs, decision }) => ({
      tenant: lead.tenant,
      leadId: lead.leadId,
      attempt: lead.attempt,
      candidates: rankedWithCounters(decision, matches, ruleset, inputs.nowMs),
      inputs: JSON.stringify(inputs),
    })),
  )
  const answerOf = new Map(wanting.map(({ lead }, i) => [lead.leadId, answers[i]!]))
  return Promise.all(attempts.map((attempt) => conclude(deps, attempt, answerOf.get(attempt.lead.leadId))))
}

function rankedWithCounters(decision: Decision, matches: readonly Match[], ruleset: CompiledRuleset, nowMs: number) {
  const byId = new Map(matches.map((match) => [match.location.id, match]))
  return decision.candidates
    .filter(({ rank }) => rank !== null)
    .map(({ locationId }) => ({ locationId, counters: countersFor(byId.get(locationId)!, ruleset, nowMs) }))
}

/** @throws CountersNotReady */
async function conclude(deps: RouteDeps, attempt: Attempt, answer: ReserveAnswer | undefined): Promise<Routed> {
  const { lead, decision } = attempt
  if (answer === undefined) return { lead, decision, reservation: null }
  if (answer.status === 'not-ready') throw new CountersNotReady(lead.tenant)
  if (answer.status === 'full')
    return { lead, decision: again(attempt, attempt.inputs, answer.refused), reservation: null }
  const reservation = { keys: answer.keys, epoch: answer.epoch }
  if (answer.status === 'reserved') {
    const isFirst = answer.location === decision.locationId
    return { lead, decision: isFirst ? decision : again(attempt, attempt.inputs, answer.refused), reservation }
  }
  // Reserved by a delivery that crashed before its commit: the same inputs give the same decision.
  const inputs = JSON.parse(answer.inputs ?? JSON.stringify(attempt.inputs)) as Inputs
  const ruleset = await deps.organisation.rulesetByHash(lead.tenant, inputs.rulesetHash)
  const matches = findCandidates(lead.place, ruleset)
  return { lead, decision: again({ ...attempt, ruleset, matches }, inputs, answer.refused), reservation }
}

function again({ lead, ruleset, matches }: Attempt, inputs: Inputs, refused: Record<string, string>): Decision {
  return decide(lead, ruleset, { ...inputs.snapshot, refused }, inputs.nowMs, seedOf(lead), matches)
}

/**
 * The ledger learns what is committed. A reservation whose lead another router committed without one (it found all full
 * a moment before) is given back.
 */
async function settle({ capacity }: RouteDeps, decisions: readonly Decision[], lost: readonly Routed[]): Promise<void> {
  const assigned = decisions.filter(({ outcome }) => outcome === 'assigned')
  await capacity.committed(assigned)
  const holders = new Set(assigned.map(({ leadId }) => leadId))
  for (const { lead, reservation } of lost) {
    if (reservation && !holders.has(lead.leadId)) await capacity.giveBack(lead, reservation.keys, 'RELEASED')
  }
}

/** Ties fall the same way in a replay, and differently for each lead. */
const seedOf = (lead: Lead): string => derivedUuid('seed', lead.leadId, lead.attempt)
