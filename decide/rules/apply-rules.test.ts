import { describe, expect, it } from 'vitest'
import type { Expression, Rule, RuleAction, RuleField, RuleGroup } from '../../contracts/ruleset.ts'
import { applyRules, compileRules } from './apply-rules.ts'
import type { FieldValue } from './compile-expression.ts'
import type { FieldChanges, LeadFields } from './lead-fields.ts'

const locations = [
  { id: 'A', regionId: 'south' },
  { id: 'B', regionId: 'south' },
  { id: 'C', regionId: 'north' },
]
const always: Expression = { field: 'attempt', op: 'gte', value: 0 }
const never: Expression = { not: always }
const is = (field: RuleField, value: string | number): Expression => ({ field, op: 'eq', value })

function fields(values: Record<string, FieldValue>): LeadFields {
  return {
    read: (field) => values[field],
    with: (changes: FieldChanges) => fields({ ...values, ...changes }),
  }
}
const rule = (id: string, action: RuleAction, when: Expression = always): Rule => ({ id, when, do: action })
const apply = (...groups: [RuleGroup['match'], ...Rule[]][]) =>
  applyRules(
    compileRules(
      groups.map(([match, ...rules], i) => ({ id: `g${i}`, match, rules })),
      locations,
    ),
    fields({ attempt: 0, score: 40 }),
  )
const refused = (effects: ReturnType<typeof apply>) => locations.map(({ id }) => effects.refusalOf(id))

describe('groups of rules', () => {
  it('first: the first match decides the group, later groups still run', () => {
    const effects = apply(
      ['first', rule('no', { routeTo: 'C' }, never), rule('yes', { routeTo: 'A' }), rule('late', { reject: 'late' })],
      ['first', rule('next', { hold: { minutes: 5 } })],
    )
    expect(effects.trail).toEqual([
      { id: 'yes', effect: 'route to A' },
      { id: 'next', effect: 'hold 5 minutes' },
    ])
    expect([effects.routeTo, effects.holdMinutes, effects.reject]).toEqual(['A', 5, null])
  })

  it('all: every match contributes', () => {
    const effects = apply([
      'all',
      rule('x', { prefer: { locationIds: ['A'] }, factor: 2 }),
      rule('y', { prefer: { regionIds: ['south'] }, factor: 1.5 }),
      rule('h1', { hold: { minutes: 30 } }),
      rule('h2', { hold: { minutes: 10 } }),
    ])
    expect(locations.map(({ id }) => effects.factorOf(id))).toEqual([3, 1.5, 1])
    expect(effects.holdMinutes).toBe(30)
    expect(effects.trail.map(({ id }) => id)).toEqual(['x', 'y', 'h1', 'h2'])
  })

  it('what one rule sets, the next rules see: in its group and in later ones', () => {
    const effects = apply(
      ['all', rule('s', { set: { service: 'roof', value: 5 } }), rule('t', { routeTo: 'B' }, is('service', 'roof'))],
      ['first', rule('u', { set: { language: 'es' } }, is('value', 5))],
    )
    expect(effects.trail.map(({ effect }) => effect)).toEqual([
      'set service=roof, value=5',
      'route to B',
      'set language=es',
    ])
    expect(effects.fields.read('language')).toBe('es')
  })

  it('require and exclude: the first rule that refuses a location is its reason, and all must be passed', () => {
    const effects = apply([
      'all',
      rule('only-south', { require: { regionIds: ['south'] } }),
      rule('not-b', { exclude: { locationIds: ['B'] } }),
      rule('not-c', { exclude: { locationIds: ['C'] } }),
    ])
    expect(refused(effects)).toEqual([null, 'not-b', 'only-south'])
  })

  it('a rejection ends everything and gives its reason', () => {
    const effects = apply(
      ['all', rule('spam', { reject: 'test domain' }), rule('late', { routeTo: 'A' })],
      ['all', rule('later', { routeTo: 'A' })],
    )
    expect(effects.reject).toEqual({ ruleId: 'spam', reason: 'test domain' })
    expect([effects.routeTo, effects.trail]).toEqual([null, [{ id: 'spam', effect: 'reject: test domain' }]])
  })

  it('of several routes the first holds', () => {
    expect(apply(['all', rule('1', { routeTo: 'B' }), rule('2', { routeTo: 'A' })]).routeTo).toBe('B')
  })

  it('rules may ask for the score, and no rules do nothing', () => {
    expect(apply(['all', rule('hot', { routeTo: 'A' }, { field: 'score', op: 'gt', value: 30 })]).routeTo).toBe('A')
    const none = applyRules(compileRules(undefined, locations), fields({}))
    expect([none.trail, none.refusalOf('A'), none.factorOf('A'), none.reject]).toEqual([[], null, 1, null])
  })

  it('a long list of targets is told by its first five', () => {
    const ids = ['a', 'b', 'c', 'd', 'e', 'f', 'g']
    const effects = apply(['all', rule('r', { exclude: { locationIds: ids } })])
    expect(effects.trail[0]!.effect).toBe('exclude a, b, c, d, e and 2 more')
  })
})
