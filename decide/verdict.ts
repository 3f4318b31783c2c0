import type { DecisionFlag, FallbackReason, Outcome } from '../contracts/decision.ts'
import type { Standing } from './weigh.ts'

/** Where the chain ended, before it is written down as a decision. */
export type Verdict = {
  outcome: Outcome
  /** Ranked ones first, best first; then the others. */
  standings: readonly Standing[]
  /** How many of `standings`, from the front, are eligible. */
  rankedCount: number
  /** How many of the ranked ones the reservation may walk: an exclusive owner's contract may end the walk. */
  walkCount: number
  fallback: FallbackReason | null
  untilMs: number | null
  pondGroup: number | null
  offeredTo: readonly string[]
  flags: readonly DecisionFlag[]
}

export const endOf = (
  outcome: Outcome,
  fallback: FallbackReason | null,
  standings: readonly Standing[],
  more: Partial<Pick<Verdict, 'untilMs' | 'pondGroup' | 'offeredTo'>> = {},
): Verdict => ({
  outcome,
  standings,
  rankedCount: 0,
  walkCount: 0,
  fallback,
  untilMs: null,
  pondGroup: null,
  offeredTo: [],
  flags: [],
  ...more,
})

/** Of those that are not ranked: strongest claim first, then nearest. */
export const inOrder = (standings: readonly Standing[]): Standing[] =>
  [...standings].sort(
    (a, b) =>
      a.option.claim - b.option.claim ||
      (a.option.distanceM ?? 0) - (b.option.distanceM ?? 0) ||
      (a.option.location.id < b.option.location.id ? -1 : 1),
  )
