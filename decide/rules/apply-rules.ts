import type { RuleAction, RuleGroup, RulesetLocation } from '../../contracts/ruleset.ts'
import { compileExpression, type Predicate } from './compile-expression.ts'
import { describeAction } from './describe-action.ts'
import type { LeadFields } from './lead-fields.ts'
import { type Targets, targetsOf } from './targets.ts'

type CompiledRule = { id: string; when: Predicate; action: RuleAction; targets: Targets | null; effect: string }
export type CompiledRules = readonly { match: RuleGroup['match']; rules: readonly CompiledRule[] }[]

/** What the business rules make of one lead. */
export type RuleEffects = {
  /** With all that was set. */
  fields: LeadFields
  /** Rules that matched, in order, and what each did. */
  trail: { id: string; effect: string }[]
  /** The first rule by `require` or `exclude` that keeps the lead from this location; null when none does. */
  refusalOf: (locationId: string) => string | null
  /** Product of all preferences; 1 where none is meant. */
  factorOf: (locationId: string) => number
  /** The location of the first `routeTo` that matched. */
  routeTo: string | null
  /** The longest `hold` that matched. */
  holdMinutes: number | null
  reject: { ruleId: string; reason: string } | null
}

type Placed = Pick<RulesetLocation, 'id' | 'regionId'>

export function compileRules(groups: readonly RuleGroup[] | undefined, locations: readonly Placed[]): CompiledRules {
  return (groups ?? []).map(({ match, rules }) => ({
    match,
    rules: rules.map(({ id, when, do: action }) => ({
      id,
      when: compileExpression(when),
      action,
      targets: targetsOf(action, locations),
      effect: describeAction(action),
    })),
  }))
}

/**
 * Groups run in order; in `first` the first match ends the group, in `all` every match contributes. Rules see what earlier
 * ones have set. Requirements add up: a location must be in each. A rejection ends everything.
 */
export function applyRules(groups: CompiledRules, lead: LeadFields): RuleEffects {
  const effects = noEffects(lead)
  const limits: CompiledRule[] = []
  const preferences: { targets: Targets; factor: number }[] = []
  for (const { match, rules } of groups) {
    for (const rule of rules) {
      if (!rule.when(effects.fields)) continue
      const { id, action, targets } = rule
      effects.trail.push({ id, effect: rule.effect })
      if ('set' in action) effects.fields = effects.fields.with(action.set)
      if ('require' in action || 'exclude' in action) limits.push(rule)
      if ('prefer' in action) preferences.push({ targets: targets!, factor: action.factor })
      if ('routeTo' in action) effects.routeTo ??= action.routeTo
      if ('hold' in action) effects.holdMinutes = Math.max(effects.holdMinutes ?? 0, action.hold.minutes)
      if ('reject' in action) return { ...effects, reject: { ruleId: id, reason: action.reject } }
      if (match === 'first') break
    }
  }
  if (limits.length > 0) effects.refusalOf = refusal(limits)
  if (preferences.length > 0) effects.factorOf = factor(preferences)
  return effects
}

const noRefusal = (): null => null
const noPreference = (): number => 1

const noEffects = (fields: LeadFields): RuleEffects => ({
  fields,
  trail: [],
  refusalOf: noRefusal,
  factorOf: noPreference,
  routeTo: null,
  holdMinutes: null,
  reject: null,
})

const refusal =
  (limits: readonly CompiledRule[]): RuleEffects['refusalOf'] =>
  (locationId) =>
    limits.find(({ action, targets }) => targets!.has(locationId) === 'exclude' in action)?.id ?? null

const factor =
  (preferences: readonly { targets: Targets; factor: number }[]): RuleEffects['factorOf'] =>
  (locationId) =>
    preferences.reduce((product, { targets, factor }) => (targets.has(locationId) ? product * factor : product), 1)
