import { describe, expect, it } from 'vitest'
import type { Cap, RulesetDocument, Territory } from '../../contracts/ruleset.ts'
import { documentDiff } from './document-diff.ts'

const zip = (id: string, codes: string[]): Territory => ({
  ...{ id, locationId: 'a', exclusive: true, kind: 'zip', country: 'US', codes },
})
const cap = (locationId: string, limit: number | null, window: Cap['window'] = 'day'): Cap => ({
  ...{ locationId, metric: 'leads', window, limit },
})
const before: RulesetDocument = {
  version: 1,
  tenant: 'T',
  strategy: { exclusive: 'nearest', shared: 'balanced', nearest: 'nearest' },
  nearestMaxM: 1_000,
  territories: [zip('t1', ['30305', '30309']), zip('t2', ['10001'])],
  caps: [cap('a', 5), cap('b', 5), cap('b', 20, { rollingDays: 7 })],
}
const lines = (after: RulesetDocument): string[] =>
  documentDiff(before, after).map((change) => `${change.kind} ${change.path} ${JSON.stringify(change.after)}`)

describe('what a draft changes is told by path', () => {
  it('nothing changed is no change', () => {
    expect(documentDiff(before, structuredClone(before))).toEqual([])
  })

  it('a cap, a strategy, a distance', () => {
    const caps = [cap('a', 5), cap('b', 5), cap('b', null, { rollingDays: 7 })]
    const strategy = { ...before.strategy, shared: 'round_robin' as const }
    expect(lines({ ...before, caps, strategy, nearestMaxM: 0 })).toEqual([
      'changed /caps/b leads rolling 7 days/limit null',
      'changed /nearestMaxM 0',
      'changed /strategy/shared "round_robin"',
    ])
  })

  it('an entry removed at the top is one change, not a shift of all below it', () => {
    const after = { ...before, territories: before.territories.slice(1), caps: before.caps.slice(1) }
    expect(lines(after)).toEqual(['removed /caps/a leads day null', 'removed /territories/t1 null'])
  })

  it('of postal codes what came and what went', () => {
    const territories = [zip('t1', ['30309', '30318']), zip('t2', ['10001'])]
    expect(documentDiff(before, { ...before, territories })).toEqual([
      { path: '/territories/t1/codes', kind: 'removed', before: ['30305'], after: null },
      { path: '/territories/t1/codes', kind: 'added', before: null, after: ['30318'] },
    ])
  })

  it('rules in another order, and a new section', () => {
    const rule = (id: string) => ({
      ...{ id, when: { field: 'source' as const, op: 'eq' as const, value: id }, do: { routeTo: 'a' } },
    })
    const group = (...ids: string[]) => [{ id: 'g', match: 'first' as const, rules: ids.map(rule) }]
    const [was, is] = [
      { ...before, rules: group('x', 'y') },
      { ...before, rules: group('y', 'x') },
    ]
    expect(documentDiff(was, is)).toEqual([
      { path: '/rules/g/rules', kind: 'changed', before: ['x', 'y'], after: ['y', 'x'] },
    ])
    expect(lines({ ...before, duplicateMinutes: 5 })).toEqual(['added /duplicateMinutes 5'])
  })
})
