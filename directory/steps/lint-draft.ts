import type { RulesetDocument } from '../../contracts/ruleset.ts'
import type { RulesetFacts } from '../stores/ruleset-store.ts'
import { checkRuleset } from './check-ruleset.ts'
import type { Finding } from './finding.ts'

/** Everything that can be said about a draft before it decides anything. */
export function lintDraft(document: RulesetDocument, { locations }: RulesetFacts, _nowMs: number): Finding[] {
  return checkRuleset(document, locations).map(({ path, fault, fix }) => ({
    severity: 'error',
    code: 'fault',
    path,
    message: fault,
    fix,
  }))
}
