import type { Cap, Expression, RulesetDocument } from '../../contracts/ruleset.ts'
import { richTerritories as territories } from './rich-territories.ts'

const is = (field: string, value: string): Expression => ({ field, op: 'eq', value }) as Expression
const roof = { service: 'roof' }
const caps: Cap[] = [
  { locationId: 'atl1', metric: 'leads', window: 'day', limit: 30 },
  { locationId: 'atl1', userId: 'ann', metric: 'leads', window: 'day', limit: 8 },
  { locationId: 'atl1', userId: 'bob', metric: 'leads', window: 'hour', limit: 1 },
  { locationId: 'atl2', metric: 'points', window: 'day', limit: 120 },
  { locationId: 'atl2', metric: 'leads', window: 'hour', limit: 3, hard: false },
  { locationId: 'nyc1', metric: 'leads', window: 'hour', limit: 2 },
  { locationId: 'nyc2', metric: 'leads', window: 'day', limit: 12 },
  { locationId: 'bos1', metric: 'leads', window: 'day', limit: 15 },
  { locationId: 'sea1', metric: 'value', window: 'day', limit: 30_000 },
  { locationId: 'sea1', metric: 'leads', window: 'hour', limit: 2 },
  { locationId: 'chi1', metric: 'leads', window: 'week', limit: 90 },
  { locationId: 'chi2', metric: 'leads', window: { rollingDays: 3 }, limit: 70 },
  { locationId: 'dal1', metric: 'leads', window: 'concurrent', limit: 150 },
  { locationId: 'dal2', metric: 'leads', window: 'month', limit: 200 },
  { locationId: 'den1', metric: 'leads', window: 'day', limit: 20, scope: roof },
  { locationId: 'den1', metric: 'leads', window: 'day', limit: 25, scope: { source: 'ads' } },
  { locationId: 'lax1', metric: 'leads', window: 'day', limit: 25 },
  { locationId: 'lax2', metric: 'leads', window: 'day', limit: 20, hard: false },
  { locationId: 'hnl1', metric: 'leads', window: 'day', limit: 20 },
  { locationId: 'phx1', metric: 'leads', window: 'total', limit: 400 },
  { locationId: 'ber1', metric: 'leads', window: 'day', limit: null },
  { locationId: 'mia1', metric: 'value', window: 'month', limit: 900_000 },
  { locationId: 'ovf1', metric: 'leads', window: 'hour', limit: 2 },
]

const weekday = ['08:00-12:00', '13:00-18:00']
const calendars: NonNullable<RulesetDocument['calendars']> = [
  {
    id: 'office',
    weekly: { mon: weekday, tue: weekday, wed: weekday, thu: weekday, fri: ['08:00-15:00'] },
    holidays: [
      { date: '2040-03-14', name: 'Founders' },
      { date: '2040-03-15', hours: ['10:00-11:00'] },
    ],
  },
  { id: 'late', weekly: { mon: ['22:00-06:00'], wed: ['22:00-06:00'], sat: ['00:00-24:00'], sun: ['01:30-04:30'] } },
]

const locationSettings: NonNullable<RulesetDocument['locationSettings']> = [
  { locationId: 'chi2', calendarId: 'office', whenClosed: 'HOLD_UNTIL_OPEN', conversionRate: 0.3 },
  { locationId: 'chi1', calendarId: 'office', whenClosed: 'OVERFLOW_TO_OPEN', userRequired: true },
  { locationId: 'lax1', calendarId: 'office', whenClosed: 'ROUTE_ANYWAY', conversionRate: 0.1 },
  { locationId: 'lax2', languages: ['en', 'es'], conversionRate: 0.25 },
  { locationId: 'den1', calendarId: 'office', whenClosed: 'HOLD_UNTIL_OPEN', services: ['roof', 'solar'] },
  { locationId: 'mia1', consentRequired: true },
  { locationId: 'phx1', ownTerritoryOnly: true },
  { locationId: 'lhi1', calendarId: 'late' },
  { locationId: 'dal2', opensAt: '2040-03-11T06:00:00-05:00' },
]

const rules: NonNullable<RulesetDocument['rules']> = [
  {
    id: 'gate',
    match: 'first',
    rules: [
      { id: 'spam', when: { field: 'tags', op: 'contains', value: 'spam' }, do: { reject: 'spam' } },
      { id: 'later', when: { field: 'tags', op: 'contains', value: 'later' }, do: { hold: { minutes: 90 } } },
      { id: 'vip', when: { field: 'tags', op: 'contains', value: 'vip' }, do: { routeTo: 'ovf1' } },
    ],
  },
  {
    id: 'shape',
    match: 'all',
    rules: [
      { id: 'solar-ads', when: is('source', 'solar-ads'), do: { set: { service: 'solar', value: 1_250.5 } } },
      { id: 'spanish', when: is('source', 'radio-es'), do: { set: { language: 'Spanish' } } },
      { id: 'night', when: { field: 'hour', op: 'lt', value: 6 }, do: { exclude: { locationIds: ['atl2'] } } },
      {
        id: 'good',
        when: { field: 'score', op: 'gte', value: 60 },
        do: { prefer: { regionIds: ['west'] }, factor: 1.7 },
      },
      { id: 'south-only', when: is('custom.area', 'south'), do: { require: { regionIds: ['south', 'hq'] } } },
    ],
  },
]

const score: NonNullable<RulesetDocument['score']> = {
  base: 10,
  rules: [
    { id: 'phone', when: { field: 'hasPhone', op: 'eq', value: true }, points: 17.335 },
    { id: 'ads', when: { any: [is('source', 'ads'), is('source', 'solar-ads')] }, points: 33.3 },
    { id: 'big', when: { field: 'custom.budget', op: 'gt', value: 5_000 }, points: 25 },
    { id: 'free-mail', when: is('emailDomain', 'gmail.com'), points: -7.77 },
  ],
  engagement: { replied: 20, appointment: 30 },
  halfLifeDays: 3.3,
}

/** The second version ranks, gates and falls back in other ways than the first. */
export function richDocument(version: 1 | 2): RulesetDocument {
  const isFirst = version === 1
  return {
    version: 1,
    tenant: 'T',
    strategy: isFirst
      ? { exclusive: 'nearest', shared: 'balanced', nearest: 'round_robin' }
      : { exclusive: 'least_loaded', shared: 'conversion', nearest: 'balanced' },
    nearestMaxM: 120_000,
    territories,
    caps,
    calendars,
    locationSettings,
    rules,
    score,
    services: [
      { id: 'roof', points: 3, value: 1_200 },
      { id: 'solar', points: 5, value: 4_000 },
    ],
    fields: { service: 'Service', language: 'lang', value: 'budget' },
    fallback: {
      widenM: isFirst ? [250_000, 500_000] : [400_000],
      overflow: { locationIds: ['ovf1'] },
      ...(isFirst && { hold: { minutesMax: 240 } }),
      pond: {
        groups: [
          { id: 'near', locationIds: ['lax1', 'chi1', 'atl3'], minutes: 60 },
          { id: 'all', locationIds: ['dal1', 'den1', 'mia1'], minutes: 120 },
        ],
      },
      nonGeographicTo: 'mil1',
    },
    sticky: { enabled: true, lostDays: isFirst ? 90 : 0 },
    duplicateMinutes: 10,
    consent: {
      given: { not: is('custom.consent', 'no') },
      otherwise: isFirst ? 'ASSIGN_SILENTLY' : 'REJECT',
    },
    sla: { minutes: 30, attemptsMax: 3 },
    weekStartsOn: isFirst ? 'mon' : 'sun',
    rotationWindow: isFirst ? 'month' : 'week',
    timeZone: 'America/New_York',
  }
}
