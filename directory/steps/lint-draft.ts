import type { PublishedRuleset, RulesetDocument } from '../../contracts/ruleset.ts'
import { lintRuleset } from '../../decide/lint/lint-ruleset.ts'
import type { Finding } from './finding.ts'

/** Everything that can be said about a draft before it decides anything, with the organisation as it is. */
export function lintDraft(
  document: RulesetDocument,
  { locations, users }: Pick<PublishedRuleset, 'locations' | 'users'>,
  nowMs: number,
): Finding[] {
  return lintRuleset(document, locations, users, { nowMs })
}
