import type { Decision, DecisionFlag } from '../contracts/decision.ts'
import type { Snapshot } from '../contracts/snapshot.ts'
import { iso } from '../kernel/clock.ts'
import { derivedUuid } from '../kernel/derived-uuid.ts'
import type { Case } from './case.ts'
import { sealDecision } from './decision-text.ts'
import { explain } from './explain.ts'
import { isSilent } from './gate.ts'
import type { Verdict } from './verdict.ts'
import { toCandidate } from './weigh.ts'

/** Writes the verdict down with all that it was made of. The order of keys is part of the hash. */
export function recordDecision(c: Case, snapshot: Snapshot, seed: string, verdict: Verdict): Decision {
  const { lead, ruleset } = c
  const chosen = verdict.outcome === 'assigned' ? verdict.standings[0]! : null
  const candidates = verdict.standings.map((standing, i) =>
    toCandidate(standing, i < verdict.rankedCount ? i + 1 : null),
  )
  const strategy = chosen ? ruleset.strategyOf(chosen.option.tier) : 'none'
  const decision: Omit<Decision, 'hash'> = {
    decisionId: derivedUuid('decision', lead.leadId, lead.attempt),
    leadId: lead.leadId,
    attempt: lead.attempt,
    tenant: lead.tenant,
    eventId: lead.eventId,
    outcome: verdict.outcome,
    tier: chosen?.option.tier ?? null,
    fallback: verdict.fallback,
    locationId: chosen?.option.location.id ?? null,
    regionId: chosen?.option.location.regionId ?? null,
    userId: chosen?.takers[0]?.userId ?? null,
    until: verdict.untilMs === null ? null : iso(verdict.untilMs),
    pondGroup: verdict.pondGroup,
    offeredTo: [...verdict.offeredTo],
    strategy,
    why: explain(c, verdict, candidates, strategy),
    silent: isSilent(c),
    flags: flagsOf(c, verdict),
    score: c.scored.score,
    contributions: [...c.scored.contributions],
    rules: [...c.effects.trail],
    intakeLocationId: lead.intakeLocationId,
    leadSource: lead.person.source,
    ...(lead.person.campaign ? { leadCampaign: lead.person.campaign } : {}),
    place: lead.place,
    candidates,
    users: chosen?.users ?? [],
    request: lead.request,
    snapshot,
    rulesetHash: ruleset.hash,
    seed,
    decidedAt: iso(c.nowMs),
    leadCreatedAt: lead.createdAt,
  }
  return sealDecision(decision)
}

function flagsOf({ lead, isTest }: Case, verdict: Verdict): DecisionFlag[] {
  const flags = [...verdict.flags]
  if (lead.place.repaired) flags.push('postal-repaired')
  if (isTest) flags.push('test-lead')
  return flags
}
