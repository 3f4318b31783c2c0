import { precisions } from '../../contracts/place.ts'
import { type Expression, type Operator, type RuleField, weekdays } from '../../contracts/ruleset.ts'
import type { FieldValue } from '../rules/compile-expression.ts'

export type Comparison = Extract<Expression, { op: Operator }>

const flags = [true, false]
/** Fields whose every value is known; a lead always has them. */
const closedFields: Partial<Record<RuleField, readonly FieldValue[]>> = {
  hour: Array.from({ length: 24 }, (_, hour) => hour),
  weekday: weekdays,
  precision: precisions,
  hasEmail: flags,
  hasPhone: flags,
  dnd: flags,
  consent: flags,
}
/** Fields that are numbers from 0 on; a lead always has an attempt and, when rules run, a score. */
const numericFields: Partial<Record<RuleField, { isAlwaysThere: boolean; max: number }>> = {
  attempt: { isAlwaysThere: true, max: Number.POSITIVE_INFINITY },
  score: { isAlwaysThere: false, max: 100 },
  value: { isAlwaysThere: false, max: Number.POSITIVE_INFINITY },
  points: { isAlwaysThere: false, max: Number.POSITIVE_INFINITY },
}
/** Longer lists would make the lint slow and are no one's slip. */
const VALUES_MAX = 20
/** Of more parts of a text at once the samples do not tell. */
const PARTS_MAX = 2

/**
 * Values of one field that stand for all others as far as these comparisons can tell: each value named, what lies between
 * and beside them, another text, and none. Null: too many to say, or a list of values, of which several can hold at once.
 */
export function sampleValues(field: RuleField, comparisons: readonly Comparison[]): readonly FieldValue[] | null {
  const closed = closedFields[field]
  if (closed) return closed
  const named = comparisons.filter(({ op }) => op !== 'exists').flatMap(({ value }) => value)
  const parts = comparisons.filter(({ op }) => op === 'contains' || op === 'startsWith').length
  if (field === 'tags' || field.startsWith('custom.') || named.length > VALUES_MAX || parts > PARTS_MAX) return null
  const numbers = aroundOf(named.map((value) => Number(value)).filter(Number.isFinite))
  const numeric = numericFields[field]
  if (numeric) {
    const samples = numbers.filter((number) => number >= 0 && number <= numeric.max)
    return numeric.isAlwaysThere ? samples.filter(Number.isInteger) : [...samples, undefined]
  }
  const texts = named.map(String)
  const joined = parts > 0 ? texts.flatMap((first) => texts.map((second) => first + second)) : []
  return [...texts, ...texts.map((text) => `${text}~`), ...joined, ...numbers.map(String), 'another', '!', undefined]
}

/** The numbers, their neighbours, and the middle between each two. */
function aroundOf(numbers: readonly number[]): number[] {
  const sorted = [...numbers].sort((a, b) => a - b)
  const middles = sorted.slice(1).map((number, i) => (number + sorted[i]!) / 2)
  return [0, ...sorted.flatMap((number) => [number - 1, number, number + 1]), ...middles]
}
