import type { Clock } from '../kernel/clock.ts'
import type { Finding } from './steps/finding.ts'
import { hasError, lintDraft } from './steps/lint-draft.ts'
import { rulesetHash } from './steps/ruleset-hash.ts'
import type { RulesetPublication } from './stores/ruleset-publication.ts'
import type { RulesetStore, StoredRuleset } from './stores/ruleset-store.ts'

export type PublishDeps = {
  rulesets: RulesetStore
  publication: RulesetPublication
  /** Tells the routers, which also look by themselves. */
  announce: (tenant: string) => void
  clock: Clock
}

export type Published =
  | { kind: 'published'; hash: string; warnings: Finding[] }
  | { kind: 'faulty'; findings: Finding[] }
  /** Edited, published or taken back by somebody else in between. */
  | { kind: 'changed' }

/** Looks a ruleset through with the organisation of this moment and, without errors, makes it the one that decides. */
export async function publishRuleset(deps: PublishDeps, ruleset: StoredRuleset): Promise<Published> {
  const { rulesets, publication, announce, clock } = deps
  const facts = await rulesets.facts(ruleset.tenant)
  const findings = lintDraft(ruleset.document, facts, clock())
  if (hasError(findings)) return { kind: 'faulty', findings }
  const hash = rulesetHash({ document: ruleset.document, ...facts })
  if (!(await publication.publish(ruleset, facts, hash))) return { kind: 'changed' }
  announce(ruleset.tenant)
  return { kind: 'published', hash, warnings: findings }
}
