import Type from 'typebox'
import { closed } from './ids.ts'

/** What a rule may ask of a lead. `custom.<name>` are the form's own fields. */
export const ruleFields = [
  'source',
  'service',
  'language',
  'tags',
  'city',
  'state',
  'country',
  'postalCode',
  'precision',
  'intakeLocationId',
  'emailDomain',
  'hasEmail',
  'hasPhone',
  'dnd',
  'consent',
  'value',
  'points',
  'score',
  'attempt',
  /** Of the tenant's clock: 0 to 23, and mon to sun. */
  'hour',
  'weekday',
] as const
export type RuleField = (typeof ruleFields)[number] | `custom.${string}`

export const operators = [
  'eq',
  'ne',
  'in',
  'notIn',
  'lt',
  'lte',
  'gt',
  'gte',
  'contains',
  'startsWith',
  'exists',
] as const
export type Operator = (typeof operators)[number]

type Scalar = string | number | boolean
/**
 * `{all: [...]}`, `{any: [...]}`, `{not: ...}` or one comparison `{field, op, value}`. Texts compare without case. A field
 * that the lead does not have makes every comparison false except `ne`, `notIn` and `exists: false`.
 */
export type Expression =
  | { all: Expression[] }
  | { any: Expression[] }
  | { not: Expression }
  | { field: RuleField; op: Operator; value: Scalar | Scalar[] }

const Scalar = Type.Union([Type.String({ maxLength: 500 }), Type.Number(), Type.Boolean()])
const Comparison = Type.Object(
  {
    field: Type.String({ pattern: `^(${ruleFields.join('|')}|custom\\.[^.]{1,100})$` }),
    op: Type.Enum([...operators]),
    value: Type.Union([Scalar, Type.Array(Scalar, { maxItems: 10_000 })]),
  },
  closed,
)
const Many = Type.Array(Type.Ref('Expression'), { minItems: 1, maxItems: 100 })
export const Expression = Type.Unsafe<Expression>(
  Type.Cyclic(
    {
      Expression: Type.Union([
        Type.Object({ all: Many }, closed),
        Type.Object({ any: Many }, closed),
        Type.Object({ not: Type.Ref('Expression') }, closed),
        Comparison,
      ]),
    },
    'Expression',
  ),
)
