import type { PublishedRuleset, RulesetDocument } from '../../contracts/ruleset.ts'
import type { Coverage } from '../../decide/geography/coverage.ts'
import { overlappingExclusives } from '../../decide/geography/overlapping-exclusives.ts'
import { lintRuleset } from '../../decide/lint/lint-ruleset.ts'
import type { Finding } from './finding.ts'

/**
 * Everything that can be said about a draft before it decides anything, with the organisation as it is. The map is looked at
 * only when the document has no error; uncovered ZIPs are told when a coverage is given.
 */
export function lintDraft(
  document: RulesetDocument,
  { locations, users }: Pick<PublishedRuleset, 'locations' | 'users'>,
  nowMs: number,
  coverage?: Coverage,
): Finding[] {
  const findings = lintRuleset(document, locations, users, { nowMs })
  if (hasError(findings)) return findings
  const overlaps = overlappingExclusives(document)
  return lintRuleset(document, locations, users, { nowMs, overlaps, ...(coverage ? { coverage } : {}) })
}

export const hasError = (findings: readonly Finding[]): boolean => findings.some(({ severity }) => severity === 'error')
