import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Expression, type Operator, operators, type RuleField, ruleFields } from '../../contracts/ruleset.ts'
import { compileExpression, type FieldValue } from './compile-expression.ts'

const lead: Record<string, FieldValue> = {
  source: ' Google Ads ',
  tags: ['VIP', 'roof'],
  postalCode: '02134',
  'custom.sqft': '1200',
  'custom.rooms': 3,
  'custom.owner': true,
  'custom.moveIn': '2026-07-01',
  'custom.empty': '  ',
  city: undefined,
}
const holds = (expression: Expression): boolean =>
  compileExpression(expression)({ read: (field: RuleField) => lead[field] })
const compare = (field: RuleField, op: string, value: unknown) => holds({ field, op, value } as Expression)

describe('comparisons', () => {
  it.each<[RuleField, string, unknown, boolean]>([
    ['source', 'eq', 'google ads', true],
    ['source', 'ne', 'google ads', false],
    ['source', 'in', ['Bing', 'GOOGLE ADS'], true],
    ['source', 'notIn', ['Bing', 'GOOGLE ADS'], false],
    ['source', 'contains', 'ads', true],
    ['source', 'startsWith', 'goog', true],
    ['source', 'startsWith', 'ads', false],
    ['source', 'contains', ['bing', 'google'], true],
    ['custom.sqft', 'gt', 1_000, true],
    ['custom.sqft', 'gt', 1_200, false],
    ['custom.sqft', 'gte', 1_200, true],
    ['custom.sqft', 'lt', 9, false],
    ['custom.sqft', 'eq', 1_200, true],
    ['custom.rooms', 'eq', '3', true],
    ['custom.rooms', 'lte', 3, true],
    ['custom.owner', 'eq', true, true],
    ['custom.owner', 'eq', 'TRUE', true],
    ['custom.moveIn', 'lt', '2026-08-01', true],
    ['custom.moveIn', 'gte', '2026-08-01', false],
    ['source', 'gt', 5, false],
    ['source', 'lte', 5, false],
  ])('%s %s %j is %s', (field, op, value, expected) => {
    expect(compare(field, op, value)).toBe(expected)
  })

  it('two texts are compared as texts: 02134 is not 2134, but is the number 2134', () => {
    expect(compare('postalCode', 'eq', '2134')).toBe(false)
    expect(compare('postalCode', 'eq', 2134)).toBe(true)
  })

  it('of a list one entry must satisfy, and contains means a whole entry', () => {
    expect(compare('tags', 'eq', 'vip')).toBe(true)
    expect(compare('tags', 'ne', 'vip')).toBe(false)
    expect(compare('tags', 'contains', 'ROOF')).toBe(true)
    expect(compare('tags', 'contains', 'roo')).toBe(false)
    expect(compare('tags', 'startsWith', 'roo')).toBe(true)
  })

  it.each(['city', 'custom.empty', 'custom.nothing'] as const)(
    'the absent field %s makes all false but ne, notIn and exists: false',
    (field) => {
      const said = operators.filter((op) => compare(field, op, op === 'exists' ? false : 'x'))
      expect(said).toEqual(['ne', 'notIn', 'exists'])
      expect(compare(field, 'exists', true)).toBe(false)
    },
  )

  it('all, any and not combine', () => {
    const yes: Expression = { field: 'tags', op: 'eq', value: 'vip' }
    const no: Expression = { not: yes }
    expect([holds({ all: [yes, yes] }), holds({ all: [yes, no] })]).toEqual([true, false])
    expect([holds({ any: [no, yes] }), holds({ any: [no, no] })]).toEqual([true, false])
  })

  it('one nested deeper than 20 holds for nobody and overflows no stack', () => {
    let deep: Expression = { field: 'tags', op: 'eq', value: 'vip' }
    for (let i = 0; i < 50_000; i += 1) deep = { all: [deep] }
    expect(holds(deep)).toBe(false)
  })
})

const scalar = fc.oneof(fc.string(), fc.double(), fc.boolean())
const value = fc.option(fc.oneof(scalar, fc.array(scalar)), { nil: undefined })
const comparison = fc.record({
  field: fc.constantFrom(...ruleFields),
  op: fc.constantFrom(...operators),
  value: fc.oneof(scalar, fc.array(scalar)),
})

describe('whatever the lead and the rule', () => {
  it('a comparison never throws, and ne and notIn are the opposites of eq and in', () => {
    fc.assert(
      fc.property(comparison, value, (rule, found) => {
        const ask = (op: Operator) => compileExpression({ ...rule, op })({ read: () => found })
        expect(typeof ask(rule.op)).toBe('boolean')
        expect(ask('ne')).toBe(!ask('eq'))
        expect(ask('notIn')).toBe(!ask('in'))
      }),
      { numRuns: 500 },
    )
  })
})
