import type { Candidate, CandidateUser, IneligibleReason } from '../contracts/decision.ts'
import type { Snapshot } from '../contracts/snapshot.ts'
import { scoreLocation } from './candidates/score-location.ts'
import type { Case } from './case.ts'
import { ROTATION } from './case-counters.ts'
import { isOpen } from './hours/open-hours.ts'
import type { Option } from './options.ts'
import type { Pass } from './pass.ts'
import { byReach, refuse } from './refuse.ts'
import { roomAt } from './room.ts'
import { type Taker, takersAt, usersAt } from './takers.ts'

/** An option after all that is live was asked of it. */
export type Standing = {
  option: Option
  locationId: string
  claim: number
  /** Near enough, or by its own claim, to be asked at all, whatever else refuses it. */
  isInReach: boolean
  reason: IneligibleReason | null
  detail: string | null
  utilisation: number
  shortfall: number
  score: number
  isOpen: boolean
  /** A cap is full, but does not refuse it: chosen by hand, or soft. */
  isOverCap: boolean
  users: CandidateUser[]
  /** Best first; empty when not eligible. */
  takers: readonly Taker[]
}

const nobody: readonly Taker[] = []

export function weigh(option: Option, c: Case, snapshot: Snapshot, pass: Pass, seed: string): Standing {
  const { site, location } = option
  const open = site.hours === null || isOpen(site.hours, location.timeZone, c.nowMs)
  const { full, utilisation } = roomAt(location.id, c.counters.countersOf(option), c, snapshot)
  const refuses = full !== null && !option.isUncapped && (full.hard || pass.softCapsRefuse)
  const users = usersAt(option, open, c, snapshot, seed)
  const takers = takersAt(option, users, snapshot, pass.softCapsRefuse ? '' : '~')
  const refusal = refuse(option, { isOpen: open, full: refuses ? full : null, users, takers }, c, snapshot, pass)
  const shortfall = (snapshot.counters[location.id]?.[ROTATION] ?? 0) / 1e6
  return {
    option,
    locationId: location.id,
    claim: option.claim,
    isInReach: byReach(option, pass) === null,
    reason: refusal ? refusal.reason : null,
    detail: refusal ? refusal.detail : null,
    utilisation,
    shortfall,
    score: refusal ? 0 : scoreOf(option, c, utilisation, shortfall),
    isOpen: open,
    isOverCap: full !== null,
    users,
    takers: refusal ? nobody : takers,
  }
}

const scoreOf = ({ site, tier, distanceM }: Option, c: Case, utilisation: number, shortfall: number): number =>
  scoreLocation({
    strategy: c.ruleset.strategyOf(tier),
    weight: site.location.weight,
    utilisation,
    distanceM,
    shortfall,
    factor: c.effects.factorOf(site.location.id),
    conversionRatio: site.conversionRatio,
  })

/** What the decision keeps of it. */
export const toCandidate = (standing: Standing, rank: number | null): Candidate => ({
  locationId: standing.locationId,
  regionId: standing.option.location.regionId,
  tier: standing.option.tier,
  territoryKind: standing.option.territoryKind,
  territoryId: standing.option.territoryId,
  distanceM: standing.option.distanceM === null ? null : Math.round(standing.option.distanceM),
  utilisation: standing.utilisation,
  score: rank === null ? null : standing.score,
  rank,
  reason: standing.reason,
  detail: standing.detail,
})
