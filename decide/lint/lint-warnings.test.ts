import { describe, expect, it } from 'vitest'
import {
  always,
  ann,
  type Change,
  day,
  group,
  lint,
  location,
  office,
  rule,
  zip,
} from '../../test/support/sound-ruleset.ts'
import { type FindingCode, findingSeverities } from './finding.ts'

const cases: [FindingCode, string, Change][] = [
  ['HOLD_USELESS', '/fallback/hold', { document: { caps: [], fallback: { hold: { minutesMax: 5 } } } }],
  [
    'OWNER_CONTRACT_UNUSED',
    '/territories/0/whenUnavailable',
    { document: { territories: [{ ...zip('t', 'A'), exclusive: false, whenUnavailable: 'HOLD' }] } },
  ],
  ['CAP_ZERO', '/caps/0/limit', { document: { caps: [{ ...day, limit: 0 }] } }],
  [
    'EXPIRED_HOLIDAYS',
    '/calendars/0/holidays',
    { document: { calendars: [{ ...office, holidays: [{ date: '2025-12-25' }] }] } },
  ],
  ['NEVER_OPEN', '/calendars/0', { document: { calendars: [{ ...office, weekly: {} }] } }],
  [
    'UNREACHABLE_RULE',
    '/rules/0/rules/1',
    { document: { rules: group('first', rule('r1', { routeTo: 'A' }, always), rule('r2', { routeTo: 'B' })) } },
  ],
  [
    'UNREACHABLE_RULE',
    '/rules/0/rules/1',
    { document: { rules: group('first', rule('r1', { routeTo: 'A' }), rule('r2', { routeTo: 'B' })) } },
  ],
  [
    'UNREACHABLE_RULE',
    '/rules/0/rules/1',
    { document: { rules: group('all', rule('r1', { reject: 'closed' }, always), rule('r2', { routeTo: 'B' })) } },
  ],
  [
    'NEVER_TRUE',
    '/rules/0/rules/0/when',
    { document: { rules: group('all', rule('r', { routeTo: 'A' }, { field: 'weekday', op: 'eq', value: 'Monday' })) } },
  ],
  [
    'RULE_REFUSES_ALL',
    '/rules/0/rules/0/do',
    { document: { rules: group('all', rule('r', { exclude: { regionIds: ['south'] } })) } },
  ],
  [
    'NO_REACH',
    '/locations/2',
    {
      document: { nearestMaxM: 0 },
      locations: [location('A'), location('B'), location('C')],
    },
  ],
  ['USERS_WITHOUT_SHARE', '/users/0/weight', { users: [{ ...ann, weight: 0 }] }],
  [
    'USERS_MISSING',
    '/locationSettings/0/userRequired',
    { document: { locationSettings: [{ locationId: 'B', userRequired: true }] } },
  ],
  ['UNCOVERED_ZIPS', '/territories', { context: { coverage: { uncoveredZips: ['30307'] } } }],
  [
    'OVERLAPPING_EXCLUSIVE',
    '/territories/1',
    { context: { overlaps: [{ territoryId: 't1', otherTerritoryId: 't2', at: '33.8,-84.4' }] } },
  ],
]

describe('warnings are told and left to the operator', () => {
  it.each(cases)('%s at %s', (code, path, change) => {
    const found = lint(change).find((finding) => finding.code === code && finding.path === path)
    expect(found).toMatchObject({ severity: 'warning', code, path })
    expect(found!.fix).not.toBe('')
  })

  it('has a case for each that it knows', () => {
    const known = Object.entries(findingSeverities).filter(([, severity]) => severity === 'warning')
    expect(new Set(cases.map(([code]) => code))).toEqual(new Set(known.map(([code]) => code)))
  })
})
