import type { Decision, Snapshot } from '../contracts/decision.ts'
import { type Case, prepareCase } from '../decide/case.ts'
import { counterKeysOf, statusIdsOf } from '../decide/case-counters.ts'
import type { CompiledRuleset } from '../decide/compile-ruleset.ts'
import { decideCase } from '../decide/decide.ts'
import type { Lead } from '../decide/lead.ts'
import { placeLead } from '../decide/place-lead.ts'
import { walkFor } from '../decide/walk.ts'
import type { Clock } from '../kernel/clock.ts'
import { derivedUuid } from '../kernel/derived-uuid.ts'
import type { LiveOrganisation } from './live-organisation.ts'
import { type Capacity, CountersNotReady, type ReserveAnswer, type ReserveRequest } from './stores/capacity.ts'
import type { LeadStore, Routed } from './stores/lead-store.ts'

export type RouteDeps = { organisation: LiveOrganisation; capacity: Capacity; leads: LeadStore; clock: Clock }

/** What a reservation was decided on: enough to decide it again after a crash, and to replay it. */
type Inputs = { nowMs: number; rulesetHash: string; snapshot: Snapshot }

type Attempt = { lead: Lead; prepared: Case; inputs: Inputs; decision: Decision }

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

/** First opinion: every lead decided on the counters as read. */
async function propose({ organisation, capacity, clock }: RouteDeps, leads: readonly Lead[]): Promise<Attempt[]> {
  const nowMs = clock()
  const cases = leads.map((lead) => prepare(lead, organisation.ruleset(lead.tenant), nowMs))
  const counters = await readCounters(capacity, cases)
  return cases.map((prepared) => {
    const { lead, ruleset } = prepared
    const snapshot: Snapshot = {
      counters: Object.fromEntries(counterKeysOf(prepared).map((key) => [key, counters[key] ?? 0])),
      statuses: organisation.statuses(statusIdsOf(prepared)),
      refused: {},
      sticky: null,
      waiting: {},
      engagement: [],
    }
    const inputs = { nowMs, rulesetHash: ruleset.hash, snapshot }
    const decision = decideCase(prepared, snapshot, seedOf(lead))
    if (decision.outcome === 'assigned') {
      const [chosen] = walkFor(prepared, placeLead(prepared, snapshot, seedOf(lead)))
      for (const { key, amount } of chosen?.counters ?? []) counters[key] = (counters[key] ?? 0) + amount
    }
    return { lead, prepared, inputs, decision }
  })
}

const prepare = (lead: Lead, ruleset: CompiledRuleset, nowMs: number): Case =>
  prepareCase(lead, ruleset, { sticky: null, engagement: [] }, nowMs)

async function readCounters(capacity: Capacity, cases: readonly Case[]): Promise<Record<string, number>> {
  const byTenant = new Map<string, Set<string>>()
  for (const prepared of cases) {
    const { tenant } = prepared.lead
    const keys = byTenant.get(tenant) ?? new Set()
    for (const key of counterKeysOf(prepared)) keys.add(key)
    byTenant.set(tenant, keys)
  }
  const parts = await Promise.all([...byTenant.values()].map((keys) => capacity.read([...keys])))
  return Object.assign({}, ...parts)
}

/** Each walk that finds all full is decided again; what that decision still wants is reserved in the next round. */
const ROUNDS_MAX = 4

/** The reservation walks each ranked list atomically; where it found another truth than was read, it is decided again. */
async function reserve(deps: RouteDeps, attempts: readonly Attempt[]): Promise<Routed[]> {
  const routed: Routed[] = []
  let open = [...attempts]
  for (let round = 0; open.length > 0; round += 1) {
    const wanting = open.filter(({ decision }) => decision.outcome === 'assigned')
    if (round === ROUNDS_MAX) throw new Error(`${wanting.length} leads found no end of their walk`)
    for (const { lead, decision } of open) {
      if (decision.outcome !== 'assigned') routed.push({ lead, decision, reservation: null })
    }
    const answers = await deps.capacity.reserve(wanting.map(toRequest))
    open = []
    for (const [i, attempt] of wanting.entries()) {
      const answer = answers[i]!
      if (answer.status === 'full') open.push(retried(attempt, answer.refused))
      else routed.push(await conclude(deps, attempt, answer))
    }
  }
  return routed
}

function toRequest({ lead, prepared, inputs }: Attempt): ReserveRequest {
  return {
    tenant: lead.tenant,
    leadId: lead.leadId,
    attempt: lead.attempt,
    reservedAtMs: inputs.nowMs,
    candidates: walkFor(prepared, placeLead(prepared, inputs.snapshot, seedOf(lead))),
    inputs: JSON.stringify(inputs),
  }
}

function retried(attempt: Attempt, refused: Record<string, string>): Attempt {
  const snapshot = { ...attempt.inputs.snapshot, refused: { ...attempt.inputs.snapshot.refused, ...refused } }
  const inputs = { ...attempt.inputs, snapshot }
  return { ...attempt, inputs, decision: decideCase(attempt.prepared, snapshot, seedOf(attempt.lead)) }
}

/** @throws CountersNotReady */
async function conclude(
  deps: RouteDeps,
  attempt: Attempt,
  answer: Exclude<ReserveAnswer, { status: 'full' }>,
): Promise<Routed> {
  const { lead, inputs } = attempt
  if (answer.status === 'not-ready') throw new CountersNotReady(lead.tenant)
  const reservation = { places: answer.places, epoch: answer.epoch }
  if (answer.status === 'reserved') return { lead, decision: retried(attempt, answer.refused).decision, reservation }
  // Reserved by a delivery that crashed before its commit: the same inputs give the same decision.
  const stored = answer.inputs === null ? inputs : (JSON.parse(answer.inputs) as Inputs)
  const ruleset = await deps.organisation.rulesetByHash(lead.tenant, stored.rulesetHash)
  const prepared = prepare(lead, ruleset, stored.nowMs)
  return { lead, decision: retried({ ...attempt, prepared, inputs: stored }, answer.refused).decision, reservation }
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
    if (reservation && !holders.has(lead.leadId))
      await capacity.giveBack([{ ...lead, places: reservation.places, state: 'RELEASED', before: 'RESERVED' }])
  }
}

/** Ties fall the same way in a replay, and differently for each lead. */
const seedOf = (lead: Lead): string => derivedUuid('seed', lead.leadId, lead.attempt)
