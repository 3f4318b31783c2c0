import type { Expression, RuleField } from '../../contracts/ruleset.ts'
import { compileExpression } from '../rules/compile-expression.ts'
import { type Comparison, sampleValues } from './sample-values.ts'

export type Truth = 'always' | 'never' | 'sometimes'

/**
 * Whether an expression holds for every lead or for none, as far as one field at a time tells: `hour < 9` and `hour > 17`
 * cannot both hold. It asks the real comparison with sample values, so it means what the router means. `sometimes` is also
 * the answer when it cannot tell.
 */
export function truthOf(expression: Expression): Truth {
  if ('not' in expression) return opposite(truthOf(expression.not))
  if ('all' in expression) return truthOfAll(expression.all)
  if ('any' in expression) return opposite(truthOfAll(expression.any.map((part) => ({ not: part }))))
  return truthOfAll([expression])
}

/** `any` is asked as `not all not`. */
function truthOfAll(parts: readonly Expression[]): Truth {
  const composed = parts.filter((part) => comparisonIn(part) === null).map(truthOf)
  if (composed.includes('never')) return 'never'
  const verdicts = [...composed]
  for (const [field, ofField] of byField(parts)) {
    const verdict = truthOnField(field, ofField)
    if (verdict === 'never') return 'never'
    verdicts.push(verdict)
  }
  return verdicts.every((verdict) => verdict === 'always') ? 'always' : 'sometimes'
}

/** A comparison, or the negation of one. */
function comparisonIn(part: Expression): Comparison | null {
  if ('op' in part) return part
  return 'not' in part ? comparisonIn(part.not) : null
}

function byField(parts: readonly Expression[]): Map<RuleField, Expression[]> {
  const groups = new Map<RuleField, Expression[]>()
  for (const part of parts) {
    const field = comparisonIn(part)?.field
    if (field === undefined) continue
    const group = groups.get(field)
    if (group) group.push(part)
    else groups.set(field, [part])
  }
  return groups
}

function truthOnField(field: RuleField, parts: readonly Expression[]): Truth {
  const comparisons = parts.map((part) => comparisonIn(part)!)
  const samples = sampleValues(field, comparisons)
  if (samples === null) return truthOfExistence(parts)
  const tests = parts.map((part) => compileExpression(part))
  const holds = samples.map((value) => tests.every((test) => test({ read: () => value })))
  if (holds.every((held) => held)) return 'always'
  return holds.some((held) => held) ? 'sometimes' : 'never'
}

/** Of lists and long value lists only this is asked: does anything hold both for a lead with the field and without? */
function truthOfExistence(parts: readonly Expression[]): Truth {
  const existence = parts.filter((part) => comparisonIn(part)?.op === 'exists').map((part) => compileExpression(part))
  if (existence.length === 0) return 'sometimes'
  const holds = ['something', undefined].map((value) => existence.every((test) => test({ read: () => value })))
  if (holds.every((held) => !held)) return 'never'
  return holds.every((held) => held) && existence.length === parts.length ? 'always' : 'sometimes'
}

const opposites: Record<Truth, Truth> = { always: 'never', never: 'always', sometimes: 'sometimes' }
const opposite = (truth: Truth): Truth => opposites[truth]
