import type { PublishedRuleset, RulesetDocument } from '../../contracts/ruleset.ts'
import { checkRuleset } from './check-ruleset.ts'
import type { Finding } from './finding.ts'

/** Everything that can be said about a draft before it decides anything. */
export function lintDraft(
  document: RulesetDocument,
  { locations }: Pick<PublishedRuleset, 'locations' | 'users'>,
  _nowMs: number,
): Finding[] {
  return checkRuleset(document, locations).map(({ path, fault, fix }) => ({
    severity: 'error',
    code: 'fault',
    path,
    message: fault,
    fix,
  }))
}
