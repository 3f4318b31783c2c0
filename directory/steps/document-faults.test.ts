import { describe, expect, it } from 'vitest'
import { RulesetDocument } from '../../contracts/ruleset.ts'
import { documentFaults } from './document-faults.ts'

const sound = {
  version: 1,
  tenant: 'agencyA',
  strategy: { exclusive: 'nearest', shared: 'balanced', nearest: 'nearest' },
  nearestMaxM: 0,
  territories: [] as unknown[],
  caps: [] as unknown[],
}
const zip = { id: 't', locationId: 'a', exclusive: true, kind: 'zip', country: 'US', codes: ['30305'] }
const rule = (when: unknown, action: unknown = { routeTo: 'a' }) => ({
  rules: [{ id: 'g', match: 'first', rules: [{ id: 'r', when, do: action }] }],
})
const at = (change: object): string[] =>
  documentFaults(RulesetDocument, { ...sound, ...change }, 20).map(
    ({ path, message, fix }) => `${path} ${message}; ${fix}`,
  )

describe('a fault of a ruleset document names its path and what mends it', () => {
  it.each<[string, object, string[]]>([
    ['a misspelt section', { Caps: [] }, ['/Caps is not known here; write "caps"']],
    [
      'a missing setting',
      { strategy: { shared: 'nearest', nearest: 'nearest' } },
      ['/strategy/exclusive is missing; add "exclusive"'],
    ],
    ['a negative distance', { nearestMaxM: -1 }, ['/nearestMaxM -1 must be >= 0; give number from 0 to 20000000']],
    [
      'an unknown kind of territory',
      { territories: [{ ...zip, kind: 'zipcode' }] },
      ['/territories/0/kind is "zipcode"; use one of zip4, zip, radius, polygon, drive_time, county, state, country'],
    ],
    [
      'a code of four digits, told of the kind that was meant',
      { territories: [zip, { ...zip, codes: ['30305', '3030'] }] },
      ['/territories/1/codes/1 is "3030"; give text that matches ^(\\d{5}|[A-Z]\\d[A-Z])$'],
    ],
    [
      'a fractional cap',
      { caps: [{ locationId: 'a', metric: 'leads', window: 'day', limit: 2.5 }] },
      ['/caps/0/limit 2.5 does not fit; give integer from 0 to 1000000000, or null'],
    ],
    [
      'an unknown window',
      { caps: [{ locationId: 'a', metric: 'leads', window: 'dy', limit: 2 }] },
      ['/caps/0/window "dy" does not fit; give one of hour, day, week, month, total, concurrent, or {rollingDays}'],
    ],
    [
      'an operator deep in an expression',
      rule({ all: [{ field: 'source', op: 'eq', value: 'x' }, { not: { field: 'state', op: 'is', value: 'GA' } }] }),
      [
        '/rules/0/rules/0/when/all/1/not/op is "is"; use one of eq, ne, in, notIn, lt, lte, gt, gte, contains, startsWith, exists',
      ],
    ],
    [
      'a latitude where a longitude stands',
      {
        territories: [
          {
            id: 't',
            locationId: 'a',
            exclusive: true,
            kind: 'polygon',
            polygons: [
              [
                [
                  [0, 100],
                  [1, 2],
                  [1, 1],
                  [0, 0],
                ],
              ],
            ],
          },
        ],
      },
      ['/territories/0/polygons/0/0/0/1 100 must be <= 90; give number from -90 to 90'],
    ],
    [
      'an action that does not exist',
      rule({ field: 'source', op: 'eq', value: 'x' }, { send: 'a' }),
      [
        '/rules/0/rules/0/do says none of what is possible here; give {set}, or {require}, or {exclude}, or {prefer, factor}, or {routeTo}, or {hold}, or {reject}',
      ],
    ],
  ])('%s', (_what, change, wanted) => {
    expect(at(change)).toEqual(wanted)
  })

  it('several faults are told at once, up to the limit', () => {
    const territories = Array.from({ length: 50 }, () => ({ ...zip, exclusive: 'yes' }))
    expect(documentFaults(RulesetDocument, { ...sound, territories, nearestMaxM: -1 }, 20)).toHaveLength(20)
  })
})
