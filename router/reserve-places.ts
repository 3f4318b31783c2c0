import type { Snapshot } from '../contracts/snapshot.ts'
import { prepareCase } from '../decide/case.ts'
import { snapshotText } from '../decide/decision-text.ts'
import { placeLead } from '../decide/place-lead.ts'
import { recordDecision } from '../decide/record-decision.ts'
import { slaDueMs } from '../decide/sla-due.ts'
import { walkFor } from '../decide/walk.ts'
import type { Proposal } from './propose-routes.ts'
import type { RouteDeps } from './route-deps.ts'
import { CountersNotReady } from './stores/capacity.ts'
import type { ReserveAnswer, ReserveRequest } from './stores/reserve-request.ts'
import { ReservationLost, type Routed } from './stores/routed.ts'

/** What a reservation was decided on: enough to decide it again after a crash. */
type Inputs = { nowMs: number; rulesetHash: string; snapshot: Snapshot }

/** Each walk that finds all full is decided again; what that decision still wants is reserved in the next round. */
const ROUNDS_MAX = 8

/**
 * The reservation walks each ranked list atomically; where it found another truth than was read, the lead is decided again
 * on that truth. @throws CountersNotReady, ReservationLost: another wish for the same attempt is under way
 */
export async function reservePlaces(deps: RouteDeps, proposals: readonly Proposal[]): Promise<Routed[]> {
  const routed = new Map<Proposal['prepared'], Routed>()
  let open = [...proposals]
  for (let round = 0; open.length > 0; round += 1) {
    if (round === ROUNDS_MAX) throw new Error(`${open.length} leads found no end of their walk`)
    // At first all are asked about: a lead may find everything full because its own earlier delivery, which died before its
    // commit, holds the last place.
    const asked = round === 0 ? open : open.filter(wantsPlace)
    if (round > 0)
      for (const proposal of open) if (!wantsPlace(proposal)) routed.set(proposal.prepared, finish(proposal, null))
    const answers = await deps.capacity.reserve(asked.map(toRequest))
    open = []
    for (const [i, proposal] of asked.entries()) {
      const answer = answers[i]!
      if (answer.status !== 'full') routed.set(proposal.prepared, await conclude(deps, proposal, answer))
      else if (wantsPlace(proposal)) open.push(decidedAgain(proposal, answer.refused))
      else routed.set(proposal.prepared, finish(proposal, null))
    }
  }
  return proposals.map(({ prepared }) => routed.get(prepared)!)
}

const wantsPlace = ({ verdict }: Proposal): boolean => verdict.outcome === 'assigned'

function toRequest({ prepared, snapshot, verdict }: Proposal): ReserveRequest {
  const { lead, ruleset, nowMs } = prepared
  const candidates = verdict.outcome === 'assigned' ? walkFor(prepared, verdict) : []
  return {
    tenant: lead.tenant,
    leadId: lead.leadId,
    attempt: lead.attempt,
    reservedAtMs: nowMs,
    candidates,
    // Without a candidate nothing is reserved and so nothing kept.
    inputs: candidates.length > 0 ? inputsText({ nowMs, rulesetHash: ruleset.hash, snapshot }) : '',
  }
}

/** What JSON.stringify makes of it, in a third of the time. */
const inputsText = ({ nowMs, rulesetHash, snapshot }: Inputs): string =>
  `{"nowMs":${nowMs},"rulesetHash":${JSON.stringify(rulesetHash)},"snapshot":${snapshotText(snapshot)}}`

function decidedAgain({ prepared, snapshot, seed }: Proposal, refused: Record<string, string>): Proposal {
  const now = { ...snapshot, refused: { ...snapshot.refused, ...refused } }
  return { prepared, snapshot: now, verdict: placeLead(prepared, now, seed), seed, isDoubtful: false }
}

async function conclude(
  deps: RouteDeps,
  proposal: Proposal,
  answer: Exclude<ReserveAnswer, { status: 'full' }>,
): Promise<Routed> {
  const { lead } = proposal.prepared
  if (answer.status === 'not-ready') throw new CountersNotReady(lead.tenant)
  const reservation = { places: answer.places, epoch: answer.epoch }
  if (answer.status === 'reserved') {
    const isFirst = Object.keys(answer.refused).length === 0
    return finish(isFirst ? proposal : decidedAgain(proposal, answer.refused), reservation)
  }
  // Reserved by a delivery that crashed before its commit: the same inputs give the same decision.
  if (answer.inputs === null) return finish(decidedAgain(proposal, answer.refused), reservation)
  const stored = JSON.parse(answer.inputs) as Inputs
  const ruleset = await deps.organisation.rulesetByHash(lead.tenant, stored.rulesetHash)
  const prepared = prepareCase(lead, ruleset, stored.snapshot, stored.nowMs)
  const first = { ...proposal, prepared, snapshot: stored.snapshot }
  const routed = finish(decidedAgain(first, answer.refused), reservation)
  if (takerOf(routed) !== answer.candidate.replace(/^~/, '')) throw new ReservationLost(lead.tenant)
  return routed
}

/** Another wish for the same attempt (two claims at once) may hold the reservation: its places are not this one's. */
const takerOf = ({ decision: { locationId, userId } }: Routed): string | null =>
  userId === null ? locationId : `${locationId}/${userId}`

function finish({ prepared, snapshot, verdict, seed }: Proposal, reservation: Routed['reservation']): Routed {
  const decision = recordDecision(prepared, snapshot, seed, verdict)
  return { lead: prepared.lead, decision, reservation, slaDueMs: slaDueMs(prepared, decision.locationId) }
}
