import type { DecisionFlag, FallbackReason } from '../contracts/decision.ts'
import type { Snapshot } from '../contracts/snapshot.ts'
import { rank } from './candidates/rank.ts'
import type { Case } from './case.ts'
import type { Option } from './options.ts'
import type { Pass } from './pass.ts'
import { endOf, inOrder, type Verdict } from './verdict.ts'
import { type Standing, weigh } from './weigh.ts'

const MINUTE_MS = 60_000
/** How long a lead waits for its exclusive owner when the ruleset does not limit holding. */
const EXCLUSIVE_HOLD_MINUTES_MAX = 10_080

/** Tiers that an exclusive owner does not stand before. */
const STRONG = new Set(['explicit', 'sticky', 'exclusive'])

/** Assigned to the best, unless an exclusive owner who cannot take it now does not let it go. Null: nobody can take it. */
export function byClaim(
  c: Case,
  standings: readonly Standing[],
  seed: string,
  fallback: FallbackReason | null,
): Verdict | null {
  const ranked = rank(
    standings.filter(({ reason }) => reason === null),
    seed,
  )
  const best = ranked[0]
  const isOwned = best !== undefined && STRONG.has(best.option.tier)
  const kept = isOwned ? null : keptByOwner(c, standings)
  if (kept) return kept
  if (!best) return null
  const flags: DecisionFlag[] = []
  if (best.isOverCap) flags.push(best.option.isUncapped ? 'cap-overridden' : 'soft-cap-exceeded')
  if (!best.isOpen) flags.push('closed-now')
  if (!isOwned && standings.some(isUnavailableOwner)) flags.push('exclusive-released')
  if (fallback === 'NO_COVERAGE') flags.push('radius-widened')
  const nonGeographic = best.option.tier === 'fallback' && c.lead.place.fault === 'NON_GEOGRAPHIC'
  const refused = inOrder(standings.filter(({ reason }) => reason !== null))
  return {
    outcome: 'assigned',
    standings: refused.length === 0 ? ranked : ranked.concat(refused),
    rankedCount: ranked.length,
    walkCount: walkOf(ranked),
    fallback: nonGeographic ? 'NON_GEOGRAPHIC' : fallback,
    untilMs: null,
    pondGroup: null,
    offeredTo: [],
    flags,
  }
}

/** The walk may go past an exclusive owner only when his contract lets the lead go at once. */
function walkOf(ranked: readonly Standing[]): number {
  const binding = ranked.some(({ option }) => option.tier === 'exclusive' && option.whenUnavailable !== 'RELEASE_NOW')
  if (!binding) return ranked.length
  const end = ranked.findIndex(({ option }) => !STRONG.has(option.tier))
  return end === -1 ? ranked.length : end
}

/** Full, closed or paused: not able now, but still the owner. */
const isUnavailableOwner = ({ option, reason }: Standing): boolean =>
  option.tier === 'exclusive' && (reason === 'CAP' || reason === 'HOURS' || reason === 'PAUSED')

function keptByOwner(c: Case, standings: readonly Standing[]): Verdict | null {
  const owners = standings.filter(isUnavailableOwner)
  if (owners.length === 0) return null
  const [owner] = owners.sort((a, b) => a.option.claim - b.option.claim)
  const contract = owner?.option.whenUnavailable ?? 'RELEASE_NOW'
  if (contract === 'RELEASE_NOW') return null
  if (contract === 'HQ') return endOf('hq', 'EXCLUSIVE', inOrder(standings))
  const minutes =
    contract === 'HOLD'
      ? (c.ruleset.document.fallback?.hold?.minutesMax ?? EXCLUSIVE_HOLD_MINUTES_MAX)
      : contract.releaseAfterMinutes
  const untilMs = Date.parse(c.lead.request.heldSince ?? c.lead.createdAt) + minutes * MINUTE_MS
  if (c.nowMs < untilMs) return endOf('held', 'EXCLUSIVE', inOrder(standings), { untilMs })
  return contract === 'HOLD' ? endOf('hq', 'EXCLUSIVE', inOrder(standings)) : null
}

export const weighAll = (
  c: Case,
  options: readonly Option[],
  snapshot: Snapshot,
  pass: Pass,
  seed: string,
): Standing[] => options.map((option) => weigh(option, c, snapshot, pass, seed))
