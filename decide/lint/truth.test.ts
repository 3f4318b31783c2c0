import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Expression, operators, type RuleField, weekdays } from '../../contracts/ruleset.ts'
import { compileExpression, type FieldValue } from '../rules/compile-expression.ts'
import { type Truth, truthOf } from './truth.ts'

const is = (
  field: RuleField,
  op: (typeof operators)[number],
  value: string | number | boolean | string[],
): Expression => ({
  field,
  op,
  value,
})
const hasCity = is('city', 'exists', true)

describe('what no lead can satisfy, and what every lead does', () => {
  it.each<[string, Truth, Expression]>([
    ['hours that exclude each other', 'never', { all: [is('hour', 'lt', 9), is('hour', 'gt', 17)] }],
    ['hours either side', 'sometimes', { any: [is('hour', 'lt', 9), is('hour', 'gt', 17)] }],
    ['a weekday that is none', 'never', is('weekday', 'eq', 'Monday')],
    ['all weekdays', 'always', is('weekday', 'in', [...weekdays])],
    ['two sources at once', 'never', { all: [is('source', 'eq', 'a'), is('source', 'eq', 'b')] }],
    ['two tags at once', 'sometimes', { all: [is('tags', 'eq', 'a'), is('tags', 'eq', 'b')] }],
    ['a narrow range', 'sometimes', { all: [is('value', 'gt', 5), is('value', 'lt', 5.1)] }],
    ['an empty range', 'never', { all: [is('value', 'gt', 5), is('value', 'lt', 5)] }],
    ['a score beyond 100', 'never', is('score', 'gt', 100)],
    ['any attempt', 'always', is('attempt', 'gte', 0)],
    ['there or not there', 'always', { any: [hasCity, { not: hasCity }] }],
    ['there and not there', 'never', { all: [hasCity, is('city', 'exists', false)] }],
    ['an absent field with a value', 'never', { all: [is('city', 'eq', 'x'), is('city', 'exists', false)] }],
    [
      'a form field there and not there',
      'never',
      {
        all: [is('custom.x', 'exists', true), is('custom.x', 'exists', false)],
      },
    ],
    ['not what is always so', 'never', { not: is('attempt', 'gte', 0) }],
    ['one part never', 'never', { all: [hasCity, { any: [is('score', 'lt', 0), is('hour', 'gt', 23)] }] }],
    ['one part always', 'always', { any: [hasCity, is('hour', 'gte', 0)] }],
    [
      'a text with a beginning and a part',
      'sometimes',
      {
        all: [is('source', 'startsWith', 'goo'), is('source', 'contains', 'ads')],
      },
    ],
    ['a plain comparison', 'sometimes', is('source', 'eq', 'google')],
  ])('%s: %s', (_name, truth, expression) => {
    expect(truthOf(expression)).toBe(truth)
  })

  it('never says never of what some lead satisfies, nor always of what some lead does not', () => {
    const values = fc.constantFrom('a', 'b', 'ab', 1, 2, 2.5, 'mon')
    const fields = fc.constantFrom<RuleField>('source', 'value', 'tags', 'custom.x')
    const comparison = fc
      .record({ field: fields, op: fc.constantFrom(...operators), value: values })
      .map((part): Expression => part)
    const expression = fc.letrec<{ node: Expression }>((tie) => ({
      node: fc.oneof(
        { maxDepth: 3 },
        comparison,
        fc.record({ all: fc.array(tie('node'), { minLength: 1, maxLength: 3 }) }),
        fc.record({ any: fc.array(tie('node'), { minLength: 1, maxLength: 3 }) }),
        fc.record({ not: tie('node') }),
      ),
    })).node
    const found = fc.constantFrom<FieldValue>('a', 'b', 'abc', 'ba', '1', '2', 'zz', undefined)
    const numbers = fc.constantFrom<FieldValue>(0, 1, 1.5, 2, 2.5, 7, undefined)
    const lists = fc.constantFrom<FieldValue>(['a'], ['a', 'b'], ['1', 'mon'], undefined)
    const lead = fc.record<Record<string, FieldValue>>({
      source: found,
      value: numbers,
      tags: lists,
      'custom.x': lists,
    })
    fc.assert(
      fc.property(expression, lead, (when, fieldsOfLead) => {
        const holds = compileExpression(when)({ read: (field) => fieldsOfLead[field] })
        expect(truthOf(when)).not.toBe(holds ? 'never' : 'always')
      }),
      { numRuns: 3_000 },
    )
  })
})
