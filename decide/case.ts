import type { StickyOwner } from '../contracts/snapshot.ts'
import type { CompiledRuleset } from './compile-ruleset.ts'
import { CounterLookups } from './counter-lookups.ts'
import type { Lead } from './lead.ts'
import { collectOptions, type Option, overflowOptions } from './options.ts'
import { applyRules, type RuleEffects } from './rules/apply-rules.ts'
import { leadFields } from './rules/lead-fields.ts'
import { type Scored, scoreLead } from './rules/score-lead.ts'
import { readTraits, type Traits } from './traits.ts'

/** What was known of the lead before: read by the router, kept in the snapshot. */
export type History = { sticky: StickyOwner | null; engagement: { fact: string; at: string }[] }

/** A lead with everything about it that does not depend on the counters: worked out once, concluded as often as needed. */
export type Case = {
  counters: CounterLookups
  lead: Lead
  ruleset: CompiledRuleset
  nowMs: number
  history: History
  /** After the rules have set theirs. */
  traits: Traits
  scored: Scored
  effects: RuleEffects
  /** Every location at most once, by its best claim; in no order. */
  options: readonly Option[]
  /** Asked when all of `options` are full or closed. */
  overflow: readonly Option[]
  /** A test lead takes no place anywhere. */
  isTest: boolean
}

/** Leads with this tag are routed and never counted: for trying things out. */
const TEST_TAG = 'hexroute-test'

export function prepareCase(lead: Lead, ruleset: CompiledRuleset, history: History, nowMs: number): Case {
  const told = leadFields(lead, ruleset.fieldPolicy, nowMs)
  const scored = scoreLead(ruleset.score, told, history.engagement, nowMs)
  const effects = applyRules(ruleset.rules, told.with({ score: scored.score }))
  const traits = readTraits(effects.fields)
  const isTest = lead.person.tags.some((tag) => tag.toLowerCase() === TEST_TAG)
  return {
    lead,
    ruleset,
    nowMs,
    history,
    traits,
    scored,
    effects,
    options: collectOptions(lead, ruleset, history.sticky, effects.routeTo),
    overflow: overflowOptions(lead, ruleset),
    isTest,
    counters: new CounterLookups(lead, ruleset, traits, isTest, nowMs),
  }
}
