import type { RulesetDocument, RulesetLocation, RulesetUser } from '../../contracts/ruleset.ts'
import { type Coverage, checkAreas, type Overlap } from './check-areas.ts'
import { checkCalendars } from './check-calendars.ts'
import { checkDoubled } from './check-doubled.ts'
import { checkExpressions } from './check-expressions.ts'
import { checkFallback } from './check-fallback.ts'
import { checkLocations } from './check-locations.ts'
import { checkReferences } from './check-references.ts'
import { checkRules } from './check-rules.ts'
import { checkTerritories } from './check-territories.ts'
import { checkTimes } from './check-times.ts'
import type { Draft, Finding } from './finding.ts'

export type LintContext = {
  /** What is past or still to come is judged by it, milliseconds since the epoch. */
  nowMs: number
  /** Of the compiled territories; without them geography is not judged. */
  coverage?: Coverage
  overlaps?: readonly Overlap[]
}

const checks: readonly ((draft: Draft) => Finding[])[] = [
  checkReferences,
  checkDoubled,
  checkTerritories,
  checkTimes,
  checkCalendars,
  checkExpressions,
  checkRules,
  checkFallback,
  checkLocations,
]

/** All that is wrong or doubtful in a ruleset, errors first. With an error it is not published. */
export function lintRuleset(
  document: RulesetDocument,
  locations: readonly RulesetLocation[],
  users: readonly RulesetUser[],
  { nowMs, coverage, overlaps = [] }: LintContext,
): Finding[] {
  const draft = { document, locations, users, nowMs }
  const territoryIds = document.territories.map(({ id }) => id)
  const findings = [...checks.flatMap((check) => check(draft)), ...checkAreas(territoryIds, coverage, overlaps)]
  return [
    ...findings.filter(({ severity }) => severity === 'error'),
    ...findings.filter(({ severity }) => severity === 'warning'),
  ]
}
