import type { Expression, Operator, RuleField } from '../../contracts/ruleset.ts'
import { equalsAny, fold, order, type Scalar, toWanted } from './scalar.ts'

export type FieldValue = Scalar | readonly Scalar[] | undefined
/** Reads a field of a lead by its name; undefined when the lead does not have it. */
export type Readable = { read: (field: RuleField) => FieldValue }
export type Predicate = (fields: Readable) => boolean

/** `entry`: the value is one of a list. */
type Test = (value: Scalar, entry: boolean) => boolean

/** Deeper ones are refused by the lint; here they hold for no lead, so that no stack can overflow. */
export const EXPRESSION_DEPTH_MAX = 20

/**
 * Texts compare without case and without surrounding blanks. A number compares with a text that is a number, because forms
 * send `"1200"`; two texts compare as texts (`02134` is not `2134`). `lt` and its kin compare two texts by their order, which
 * is right for ISO dates. Of a list (tags, multiple choice) one entry must satisfy; `contains` asks a list for an entry and
 * a text for a part. Several values mean: any of them. Empty texts and lists are absent. The predicate never throws.
 */
export function compileExpression(expression: Expression, depth = 1): Predicate {
  if (depth > EXPRESSION_DEPTH_MAX) return () => false
  if ('all' in expression) {
    const parts = expression.all.map((part) => compileExpression(part, depth + 1))
    return (fields) => parts.every((part) => part(fields))
  }
  if ('any' in expression) {
    const parts = expression.any.map((part) => compileExpression(part, depth + 1))
    return (fields) => parts.some((part) => part(fields))
  }
  if ('not' in expression) {
    const part = compileExpression(expression.not, depth + 1)
    return (fields) => !part(fields)
  }
  return compileComparison(expression)
}

function compileComparison({ field, op, value }: Extract<Expression, { op: Operator }>): Predicate {
  if (op === 'exists') {
    const wanted = value !== false
    return (fields) => !isAbsent(fields.read(field)) === wanted
  }
  const negated = op === 'ne' || op === 'notIn'
  const test = compileTest(op, Array.isArray(value) ? value : [value])
  return (fields) => {
    const found = fields.read(field)
    if (isAbsent(found)) return negated
    const satisfied = isList(found) ? found.some((entry) => test(entry, true)) : test(found, false)
    return satisfied !== negated
  }
}

/** Built once: a list of 10,000 ZIPs is one look-up per lead. */
function compileTest(op: Exclude<Operator, 'exists'>, values: readonly Scalar[]): Test {
  const wanted = toWanted(values)
  const parts = values.map(fold)
  const isOneOf = (value: Scalar): boolean => equalsAny(value, wanted)
  switch (op) {
    case 'eq':
    case 'ne':
    case 'in':
    case 'notIn':
      return isOneOf
    case 'contains':
      return (value, entry) => (entry ? isOneOf(value) : parts.some((part) => fold(value).includes(part)))
    case 'startsWith':
      return (value) => parts.some((part) => fold(value).startsWith(part))
    case 'lt':
      return (value) => values.some((other) => order(value, other) < 0)
    case 'lte':
      return (value) => values.some((other) => order(value, other) <= 0)
    case 'gt':
      return (value) => values.some((other) => order(value, other) > 0)
    case 'gte':
      return (value) => values.some((other) => order(value, other) >= 0)
  }
}

const isList = (value: FieldValue): value is readonly Scalar[] => Array.isArray(value)

const isAbsent = (value: FieldValue): value is undefined =>
  value === undefined || (isList(value) ? value.length === 0 : typeof value === 'string' && fold(value) === '')
