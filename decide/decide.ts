import type { Candidate, Decision, FallbackReason, Snapshot, Tier } from '../contracts/decision.ts'
import { iso } from '../kernel/clock.ts'
import { derivedUuid } from '../kernel/derived-uuid.ts'
import { claim, findCandidates, type Match } from './candidates/find-candidates.ts'
import { rank, scoreOf } from './candidates/rank.ts'
import { type Counter, countersOf } from './capacity/counters.ts'
import type { CompiledRuleset } from './compile-ruleset.ts'
import { decisionHash } from './decision-hash.ts'
import { explain } from './explain.ts'
import type { Lead } from './lead.ts'

type Weighed = Candidate & { claim: number }

/**
 * Which location gets this lead. Pure: no I/O, no clock, no chance; the same arguments give the same decision, byte for
 * byte, whether live, in a dry run or in a replay years later.
 * @param snapshot counters and states as seen; `refused` holds what the reservation found full on its walk.
 * @param nowMs the instant of reservation, milliseconds since the epoch.
 * @param seed decides ties.
 */
export function decide(
  lead: Lead,
  ruleset: CompiledRuleset,
  snapshot: Snapshot,
  nowMs: number,
  seed: string,
  matches: Match[] = findCandidates(lead.place, ruleset),
): Decision {
  const weighed = matches.map((match) => weigh(match, ruleset, snapshot, nowMs))
  const ranked = rank(weighed.filter(isEligible), seed)
  const rest = weighed.filter((candidate) => candidate.reason !== null).sort(byClaimAndDistance)
  const candidates = [...ranked.map((candidate, i) => ({ ...candidate, rank: i + 1 })), ...rest].map(withoutClaim)
  const chosen = candidates[0]?.rank === 1 ? candidates[0] : null
  const fallback = chosen ? null : fallbackReason(lead, candidates)
  const strategy = strategyOf(chosen?.tier ?? null, ruleset)
  const decision: Omit<Decision, 'hash'> = {
    decisionId: derivedUuid('decision', lead.leadId, lead.attempt),
    leadId: lead.leadId,
    attempt: lead.attempt,
    tenant: lead.tenant,
    eventId: lead.eventId,
    outcome: chosen ? 'assigned' : 'hq',
    tier: chosen?.tier ?? null,
    fallback,
    locationId: chosen?.locationId ?? null,
    regionId: chosen?.regionId ?? null,
    userId: null,
    until: null,
    pondGroup: null,
    offeredTo: [],
    strategy,
    why: explain(lead.place, candidates, fallback, ruleset.locations, strategy),
    silent: false,
    flags: [],
    score: 0,
    contributions: [],
    rules: [],
    intakeLocationId: lead.intakeLocationId,
    leadSource: lead.person.source,
    place: lead.place,
    candidates,
    users: [],
    request: lead.request,
    snapshot,
    rulesetHash: ruleset.hash,
    seed,
    decidedAt: iso(nowMs),
    leadCreatedAt: lead.createdAt,
  }
  return { ...decision, hash: decisionHash(decision) }
}

/** The filters run in a fixed order; the first that fails is the candidate's reason. */
function weigh(match: Match, ruleset: CompiledRuleset, snapshot: Snapshot, nowMs: number): Weighed {
  const { location, tier, distanceM } = match
  const counters = countersFor(match, ruleset, nowMs)
  const utilisation = Math.max(0, ...counters.map((counter) => use(counter, snapshot)))
  const status = snapshot.statuses[location.id]
  const full =
    counters.find((counter) => isFull(counter, snapshot)) ??
    counters.find((counter) => counter.key === snapshot.refused[location.id])
  const reason =
    status === 'inactive'
      ? 'INACTIVE'
      : status === 'paused'
        ? 'PAUSED'
        : tier === 'nearest' && distanceM! > ruleset.nearestMaxM
          ? 'DISTANCE'
          : full
            ? 'CAP'
            : null
  return {
    locationId: location.id,
    regionId: location.regionId,
    tier,
    territoryKind: match.territoryKind,
    territoryId: match.territoryId,
    distanceM: distanceM === null ? null : Math.round(distanceM),
    utilisation,
    score: reason === null ? scoreOf(ruleset.strategy[tier], location.weight, utilisation, distanceM) : null,
    rank: null,
    reason,
    detail: full && reason === 'CAP' ? `${full.label} ${full.limit}/${full.limit}` : null,
    claim: claim(match),
  }
}

/** The counters in which this lead would take a place at the candidate. */
export const countersFor = (match: Match, ruleset: CompiledRuleset, nowMs: number): Counter[] =>
  countersOf(ruleset.tenant, match.location, ruleset.capsOf(match.location.id), nowMs, ruleset.dayWindows)

const byClaimAndDistance = (a: Weighed, b: Weighed): number =>
  a.claim - b.claim || (a.distanceM ?? 0) - (b.distanceM ?? 0) || (a.locationId < b.locationId ? -1 : 1)

const isEligible = (candidate: Weighed): candidate is Weighed & { score: number } => candidate.reason === null

const isFull = ({ key, limit }: Counter, snapshot: Snapshot): boolean =>
  limit !== null && (snapshot.counters[key] ?? 0) >= limit

function use({ key, limit }: Counter, snapshot: Snapshot): number {
  if (limit === null) return 0
  return limit === 0 ? 1 : Math.min(1, (snapshot.counters[key] ?? 0) / limit)
}

function withoutClaim({ claim: _claim, ...candidate }: Weighed): Candidate {
  return candidate
}

function strategyOf(tier: Tier | null, { strategy }: CompiledRuleset): string {
  return tier === 'exclusive' || tier === 'shared' || tier === 'nearest' ? strategy[tier] : 'none'
}

/** The reason of the strongest tier that had candidates within reach. */
function fallbackReason(lead: Lead, candidates: readonly Candidate[]): FallbackReason {
  const inReach = candidates.filter((candidate) => candidate.reason !== 'DISTANCE')
  if (inReach.length === 0) return lead.place.fault ?? 'NO_COVERAGE'
  return inReach.some((candidate) => candidate.reason === 'CAP') ? 'ALL_FULL' : 'UNAVAILABLE'
}
