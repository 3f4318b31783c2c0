import type {
  Expression,
  Rule,
  RulesetDocument,
  RulesetLocation,
  RulesetUser,
  Territory,
} from '../../contracts/ruleset.ts'
import { type LintContext, lintRuleset } from '../../decide/lint/lint-ruleset.ts'

const NOW_MS = Date.parse('2026-06-10T15:00:00Z')

export const zip = (id: string, locationId: string, code = '30305'): Territory => ({
  id,
  locationId,
  exclusive: true,
  kind: 'zip',
  country: 'US',
  codes: [code],
})
export const location = (id: string): RulesetLocation => ({
  id,
  regionId: 'south',
  name: `Shop ${id}`,
  latitude: 33,
  longitude: -84,
  timeZone: 'America/New_York',
  weight: 1,
})
export const ann: RulesetUser = {
  id: 'ann',
  locationId: 'A',
  name: 'Ann',
  weight: 1,
  calendarId: 'office',
  skills: ['roof'],
  languages: ['en'],
  leave: [{ from: '2026-07-01', to: '2026-07-10' }],
}
const some: Expression = { field: 'source', op: 'eq', value: 'google' }
export const always: Expression = { field: 'attempt', op: 'gte', value: 0 }
export const rule = (id: string, action: Rule['do'], when: Expression = some): Rule => ({ id, when, do: action })
export const group = (match: 'first' | 'all', ...rules: Rule[]) => [{ id: 'g', match, rules }]
export const office = { id: 'office', weekly: { mon: ['09:00-17:00'] }, holidays: [{ date: '2026-12-25' }] }
export const day = { locationId: 'A', metric: 'leads', window: 'day', limit: 20 } as const

/** Nothing is wrong with it. */
const sound: RulesetDocument = {
  version: 1,
  tenant: 'T',
  strategy: { exclusive: 'nearest', shared: 'balanced', nearest: 'nearest' },
  nearestMaxM: 50_000,
  territories: [zip('t1', 'A'), zip('t2', 'B', '30306')],
  caps: [day, { ...day, scope: { service: 'roof' } }, { ...day, userId: 'ann' }],
  calendars: [office],
  services: [{ id: 'roof', points: 2 }],
  locationSettings: [{ locationId: 'A', calendarId: 'office', services: ['roof'], userRequired: true }],
  rules: group('first', rule('r1', { require: { regionIds: ['south'] } }), rule('r2', { routeTo: 'B' }, always)),
  score: { rules: [{ id: 's1', when: some, points: 5 }] },
  fallback: {
    widenM: [80_000, 120_000],
    overflow: { locationIds: ['B'] },
    hold: { minutesMax: 60 },
    pond: { groups: [{ id: 'p1', locationIds: ['A', 'B'], minutes: 5 }] },
  },
  timeZone: 'America/New_York',
}

export type Change = {
  document?: Partial<RulesetDocument>
  locations?: RulesetLocation[]
  users?: RulesetUser[]
  context?: Partial<LintContext>
}
export const lint = ({ document, locations, users, context }: Change) =>
  lintRuleset({ ...sound, ...document }, locations ?? [location('A'), location('B')], users ?? [ann], {
    nowMs: NOW_MS,
    ...context,
  })

export function nested(depth: number): Expression {
  let expression = some
  for (let i = 1; i < depth; i += 1) expression = { all: [expression] }
  return expression
}
