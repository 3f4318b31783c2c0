import { describe, expect, it } from 'vitest'
import type { Territory } from '../../contracts/ruleset.ts'
import {
  ann,
  type Change,
  day,
  group,
  lint,
  location,
  nested,
  office,
  rule,
  zip,
} from '../../test/support/sound-ruleset.ts'
import { type FindingCode, findingSeverities } from './finding.ts'

const cases: [FindingCode, string, Change][] = [
  ['DANGLING_LOCATION', '/territories/0/locationId', { document: { territories: [zip('t1', 'X')] } }],
  ['DANGLING_LOCATION', '/caps/0/locationId', { document: { caps: [{ ...day, locationId: 'X' }] } }],
  ['DANGLING_LOCATION', '/locationSettings/0/locationId', { document: { locationSettings: [{ locationId: 'X' }] } }],
  [
    'DANGLING_LOCATION',
    '/rules/0/rules/0/do/exclude/locationIds/1',
    { document: { rules: group('all', rule('r', { exclude: { locationIds: ['A', 'X'] } })) } },
  ],
  [
    'DANGLING_LOCATION',
    '/fallback/overflow/locationIds/0',
    { document: { fallback: { overflow: { locationIds: ['X'] } } } },
  ],
  [
    'DANGLING_LOCATION',
    '/fallback/pond/groups/0/locationIds/0',
    { document: { fallback: { pond: { groups: [{ id: 'p', locationIds: ['X'], minutes: 1 }] } } } },
  ],
  ['DANGLING_LOCATION', '/fallback/nonGeographicTo', { document: { fallback: { nonGeographicTo: 'X' } } }],
  ['DANGLING_LOCATION', '/users/0/locationId', { users: [{ ...ann, locationId: 'X' }] }],
  [
    'DANGLING_REGION',
    '/rules/0/rules/0/do/prefer/regionIds/0',
    {
      document: { rules: group('all', rule('r', { prefer: { regionIds: ['mars'], locationIds: ['A'] }, factor: 2 })) },
    },
  ],
  ['DANGLING_USER', '/caps/0/userId', { document: { caps: [{ ...day, locationId: 'B', userId: 'ann' }] } }],
  [
    'DANGLING_CALENDAR',
    '/locationSettings/0/calendarId',
    { document: { locationSettings: [{ locationId: 'A', calendarId: 'x' }] } },
  ],
  ['DANGLING_CALENDAR', '/users/0/calendarId', { users: [{ ...ann, calendarId: 'x' }] }],
  ['DANGLING_SERVICE', '/caps/0/scope/service', { document: { caps: [{ ...day, scope: { service: 'x' } }] } }],
  ['DANGLING_SERVICE', '/users/0/skills/0', { users: [{ ...ann, skills: ['x'] }] }],
  [
    'DANGLING_SERVICE',
    '/rules/0/rules/0/do/set/service',
    { document: { rules: group('all', rule('r', { set: { service: 'x' } })) } },
  ],
  ['DOUBLED_ID', '/territories/1/id', { document: { territories: [zip('t', 'A'), zip('t', 'A', '30306')] } }],
  [
    'DOUBLED_ID',
    '/rules/0/rules/1/id',
    { document: { rules: group('all', rule('r', { routeTo: 'A' }), rule('r', { routeTo: 'B' })) } },
  ],
  [
    'DOUBLED_ID',
    '/calendars/0/holidays/1/date',
    {
      document: { calendars: [{ ...office, holidays: [{ date: '2026-12-25' }, { date: '2026-12-25' }] }] },
    },
  ],
  ['DOUBLED_CAP', '/caps/1', { document: { caps: [day, { ...day, limit: 5 }] } }],
  ['EXCLUSIVE_CONFLICT', '/territories/1/codes', { document: { territories: [zip('t1', 'A'), zip('t2', 'B')] } }],
  [
    'EXCLUSIVE_CONFLICT',
    '/territories/1/codes',
    {
      document: {
        territories: ['A', 'B'].map((id) => ({ id, locationId: id, exclusive: true, kind: 'country', codes: ['US'] })),
      },
    },
  ],
  [
    'RADIUS_UNIT',
    '/territories/0',
    {
      document: {
        territories: [{ id: 't', locationId: 'A', exclusive: false, kind: 'radius', latitude: 1, longitude: 1 }],
      },
    },
  ],
  ['BAD_TIME_ZONE', '/timeZone', { document: { timeZone: 'Mars/Olympus' } }],
  ['BAD_TIME_ZONE', '/locations/1/timeZone', { locations: [location('A'), { ...location('B'), timeZone: 'EST5' }] }],
  [
    'BAD_DATE',
    '/calendars/0/holidays/0/date',
    { document: { calendars: [{ ...office, holidays: [{ date: '2027-02-29' }] }] } },
  ],
  ['BAD_DATE', '/users/0/leave/0', { users: [{ ...ann, leave: [{ from: '2026-07-10', to: '2026-07-01' }] }] }],
  [
    'BAD_DATE',
    '/locationSettings/0/opensAt',
    { document: { locationSettings: [{ locationId: 'A', opensAt: '2026-13-01T00:00Z' }] } },
  ],
  [
    'BAD_SPAN',
    '/calendars/0/weekly/mon',
    { document: { calendars: [{ ...office, weekly: { mon: ['09:00-17:00', '16:00-18:00'] } }] } },
  ],
  ['BAD_SPAN', '/calendars/0/weekly/mon', { document: { calendars: [{ ...office, weekly: { mon: ['9-17'] } }] } }],
  [
    'EXPRESSION_TOO_DEEP',
    '/rules/0/rules/0/when',
    { document: { rules: group('all', rule('r', { routeTo: 'A' }, nested(21))) } },
  ],
  [
    'RULE_NAMES_NOBODY',
    '/rules/0/rules/0/do',
    { document: { rules: group('all', rule('r', { require: { regionIds: ['mars'] } })) } },
  ],
  ['RULE_NAMES_NOBODY', '/rules/0/rules/0/do', { document: { rules: group('all', rule('r', { routeTo: 'X' })) } }],
  ['WIDEN_NOT_RISING', '/fallback/widenM/0', { document: { fallback: { widenM: [50_000] } } }],
  ['WIDEN_NOT_RISING', '/fallback/widenM/1', { document: { fallback: { widenM: [90_000, 80_000] } } }],
  [
    'POND_GROUP_USELESS',
    '/fallback/pond/groups/1',
    {
      document: {
        fallback: {
          pond: {
            groups: [
              { id: 'p', locationIds: ['A', 'B'], minutes: 1 },
              { id: 'q', locationIds: ['B'], minutes: 1 },
            ],
          },
        },
      },
    },
  ],
]

describe('errors keep a ruleset from being published', () => {
  it('a sound one has none, and no warning', () => {
    expect(lint({})).toEqual([])
  })

  it.each(cases)('%s at %s', (code, path, change) => {
    const found = lint(change).find((finding) => finding.code === code && finding.path === path)
    expect(found).toMatchObject({ severity: 'error', code, path })
    expect(found!.fix).not.toBe('')
  })

  it('has a case for each that it knows', () => {
    const known = Object.entries(findingSeverities).filter(([, severity]) => severity === 'error')
    expect(new Set(cases.map(([code]) => code))).toEqual(new Set(known.map(([code]) => code)))
  })

  it('tells errors before warnings', () => {
    const severities = lint({ document: { caps: [{ ...day, limit: 0 }], timeZone: 'Mars' } }).map(
      ({ severity }) => severity,
    )
    expect(severities).toEqual(['error', 'warning', 'warning'])
  })

  it('one owner may say a code twice, and an exclusive may stand in a shared one', () => {
    const twice = [zip('t1', 'A'), zip('t2', 'A'), { ...zip('t3', 'B'), exclusive: false }]
    expect(lint({ document: { territories: twice } })).toEqual([])
  })

  it('contesting 40,000 codes is one finding, told in a second', () => {
    const codes = Array.from({ length: 40_000 }, (_, i) => String(10_000 + i))
    const territories = [zip('t1', 'A'), zip('t2', 'B')].map((territory) => ({ ...territory, codes }) as Territory)
    const startMs = performance.now()
    const found = lint({ document: { territories } })
    expect(found.map(({ code }) => code)).toEqual(['EXCLUSIVE_CONFLICT'])
    expect(found[0]!.message).toMatch(/^10000, 10001, 10002, 10003, 10004 and 39995 more /)
    expect(performance.now() - startMs).toBeLessThan(1_000)
  })

  it('a condition nested 50,000 deep is named and overflows no stack', () => {
    const found = lint({ document: { rules: group('first', rule('r', { routeTo: 'A' }, nested(50_000))) } })
    expect(found.map(({ code }) => code)).toEqual(['EXPRESSION_TOO_DEEP'])
  })
})
