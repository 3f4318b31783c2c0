import { describe, expect, it } from 'vitest'
import { type DecisionRequest, newRequest } from '../contracts/decision.ts'
import type { Cap } from '../contracts/ruleset.ts'
import { aPlace } from '../test/support/a-place.ts'
import {
  aLead,
  aRuleset,
  buckhead,
  decatur,
  NOW_MS,
  nashville,
  nowhere,
  radius,
  route,
  zips,
} from '../test/support/decide-builders.ts'

const MINUTE_MS = 60_000
const closed = (locationId: string, more: Partial<Cap> = {}): Cap => ({
  ...{ locationId, metric: 'leads', window: 'day', limit: 0 },
  ...more,
})
const both = [radius(buckhead), radius(decatur)]
const full = [closed('A'), closed('B')]
const asked = (request: Partial<DecisionRequest>) => ({ attempt: 2, request: { ...newRequest, ...request } })
const iso = (ms: number) => new Date(ms).toISOString()
const createdMs = Date.parse(aLead().createdAt)

describe('all full', () => {
  const fallback = {
    overflow: { locationIds: ['C'] },
    hold: { minutesMax: 30 },
    pond: {
      groups: [
        { id: 'g1', locationIds: ['A', 'B'], minutes: 5 },
        { id: 'g2', locationIds: ['C'], minutes: 10 },
      ],
    },
  }

  it('without any fallback the lead goes to HQ', () => {
    expect(route(aRuleset({ territories: both, caps: full }))).toMatchObject({ outcome: 'hq', fallback: 'ALL_FULL' })
  })

  it('goes to the overflow location first', () => {
    const decision = route(aRuleset({ territories: both, caps: full, fallback }))
    expect(decision).toMatchObject({ outcome: 'assigned', locationId: 'C', tier: 'fallback', fallback: 'ALL_FULL' })
    expect(decision.why).toBe(
      'Assigned to Shop C: takes what the others cannot, 339 km away; Shop A came first but was full (day 0/0); 1 more could not take it either.',
    )
  })

  it('in the overflow soft caps yield, hard ones never', () => {
    const caps = [closed('A', { hard: false }), closed('B')]
    expect(route(aRuleset({ territories: both, caps, fallback: { overflow: { locationIds: ['C'] } } }))).toMatchObject({
      outcome: 'assigned',
      locationId: 'A',
      flags: ['soft-cap-exceeded'],
      fallback: 'ALL_FULL',
    })
  })

  it('then waits as long as the ruleset says, and not longer', () => {
    const ruleset = aRuleset({ territories: both, caps: full, fallback: { hold: { minutesMax: 30 } } })
    expect(route(ruleset)).toMatchObject({
      outcome: 'held',
      fallback: 'ALL_FULL',
      until: iso(createdMs + 30 * MINUTE_MS),
    })
    const waited = asked({ kind: 'held', heldSince: aLead().createdAt })
    expect(route(ruleset, waited, {}, createdMs + 29 * MINUTE_MS).outcome).toBe('held')
    expect(route(ruleset, waited, {}, createdMs + 30 * MINUTE_MS)).toMatchObject({
      outcome: 'hq',
      fallback: 'ALL_FULL',
    })
  })

  it('then is offered to each group of the pond in turn, and ends at HQ', () => {
    const ruleset = aRuleset({ territories: both, caps: full, fallback: { pond: fallback.pond } })
    expect(route(ruleset)).toMatchObject({
      ...{ outcome: 'pond', offeredTo: ['A', 'B'], pondGroup: 0, until: iso(NOW_MS + 5 * MINUTE_MS) },
      why: expect.stringMatching(
        /^Offered to Shop A and Shop B until 2026-06-10 15:05 UTC: both locations in reach of 30305 are full/,
      ),
    })
    expect(route(ruleset, asked({ kind: 'pond-timeout', pondGroup: 0 }))).toMatchObject({
      outcome: 'pond',
      offeredTo: ['C'],
    })
    expect(route(ruleset, asked({ kind: 'pond-timeout', pondGroup: 1 }))).toMatchObject({
      outcome: 'hq',
      fallback: 'UNCLAIMED',
    })
  })

  it('a paused location is not offered anything', () => {
    const ruleset = aRuleset({ territories: both, caps: full, fallback: { pond: fallback.pond } })
    expect(route(ruleset, {}, { statuses: { A: 'paused' } }).offeredTo).toEqual(['B'])
  })

  it('those that wait for a location come before a new lead', () => {
    const caps = [{ ...closed('A'), limit: 3 }, closed('B')]
    const ruleset = aRuleset({ territories: both, caps, fallback: { hold: { minutesMax: 30 } } })
    expect(route(ruleset, {}, { waiting: { A: 2 } })).toMatchObject({ outcome: 'assigned', locationId: 'A' })
    expect(route(ruleset, {}, { waiting: { A: 3 } }).outcome).toBe('held')
    expect(route(ruleset, asked({ kind: 'held' }), { waiting: { A: 3 } }).outcome).toBe('assigned')
  })
})

describe('all closed', () => {
  const calendars = [{ id: 'week', weekly: { thu: ['09:00-17:00'] } }]
  const hours = (whenClosed: 'ROUTE_ANYWAY' | 'HOLD_UNTIL_OPEN' | 'OVERFLOW_TO_OPEN') =>
    ['A', 'B'].map((locationId) => ({ locationId, calendarId: 'week', whenClosed }))

  it('ROUTE_ANYWAY: the lead is assigned and marked', () => {
    const decision = route(aRuleset({ territories: both, calendars, locationSettings: hours('ROUTE_ANYWAY') }))
    expect(decision).toMatchObject({ outcome: 'assigned', locationId: 'A', flags: ['closed-now'] })
  })

  it('HOLD_UNTIL_OPEN: it waits for the first opening', () => {
    const decision = route(aRuleset({ territories: both, calendars, locationSettings: hours('HOLD_UNTIL_OPEN') }))
    expect(decision).toMatchObject({ outcome: 'held', fallback: 'ALL_CLOSED', until: '2026-06-11T13:00:00.000Z' })
    expect(decision.candidates.map(({ reason }) => reason)).toEqual(['HOURS', 'HOURS', 'DISTANCE'])
  })

  it('OVERFLOW_TO_OPEN: it goes to who is open', () => {
    const ruleset = aRuleset({
      territories: both,
      calendars,
      locationSettings: hours('OVERFLOW_TO_OPEN'),
      fallback: { overflow: { locationIds: ['C'] } },
    })
    expect(route(ruleset)).toMatchObject({ outcome: 'assigned', locationId: 'C', fallback: 'ALL_CLOSED' })
  })
})

describe('no coverage', () => {
  const montana = { place: aPlace({ postalCode: '59001', latitude: 45.5, longitude: -109.4 }) }

  it('the reach widens in the allowed steps', () => {
    const ruleset = aRuleset({ territories: both, fallback: { widenM: [500_000, 3_000_000] } })
    expect(route(ruleset, montana)).toMatchObject({
      ...{ outcome: 'assigned', locationId: 'C', tier: 'nearest', fallback: 'NO_COVERAGE', flags: ['radius-widened'] },
    })
    expect(route(aRuleset({ territories: both, fallback: { widenM: [500_000] } }), montana)).toMatchObject({
      outcome: 'hq',
      fallback: 'NO_COVERAGE',
    })
  })

  it('a location that keeps to its own territory is passed over', () => {
    const ruleset = aRuleset({
      nearestMaxM: 1_000_000,
      locationSettings: [
        { locationId: 'A', ownTerritoryOnly: true },
        { locationId: 'B', ownTerritoryOnly: true },
      ],
    })
    expect(route(ruleset)).toMatchObject({ locationId: 'C', tier: 'nearest' })
    expect(route(ruleset).candidates.filter(({ reason }) => reason === 'TERRITORY')).toHaveLength(2)
  })

  it('military addresses go to the location that serves them, else to HQ', () => {
    const military = { place: { ...nowhere, postalCode: '09012', fault: 'NON_GEOGRAPHIC' as const } }
    expect(route(aRuleset({ territories: both }), military)).toMatchObject({
      outcome: 'hq',
      fallback: 'NON_GEOGRAPHIC',
    })
    expect(route(aRuleset({ territories: both, fallback: { nonGeographicTo: 'C' } }), military)).toMatchObject({
      ...{ outcome: 'assigned', locationId: 'C', fallback: 'NON_GEOGRAPHIC' },
      why: 'Assigned to Shop C: takes military addresses.',
    })
  })
})

describe('an exclusive owner who cannot take it now', () => {
  const owned = (whenUnavailable: 'HOLD' | 'HQ' | 'RELEASE_NOW' | { releaseAfterMinutes: number }) =>
    aRuleset({ territories: [zips('A', true, ['30305'], { whenUnavailable }), radius(decatur)], caps: [closed('A')] })

  it('RELEASE_NOW: the next claim has it, and the release is marked', () => {
    expect(route(owned('RELEASE_NOW'))).toMatchObject({ locationId: 'B', flags: ['exclusive-released'] })
  })

  it('HQ: nobody else has it', () => {
    expect(route(owned('HQ'))).toMatchObject({
      ...{ outcome: 'hq', fallback: 'EXCLUSIVE' },
      why: 'Sent to HQ: 30305 belongs to Shop A alone, which was full (day 0/0).',
    })
  })

  it('HOLD: it waits for him', () => {
    expect(route(owned('HOLD'))).toMatchObject({ outcome: 'held', fallback: 'EXCLUSIVE' })
  })

  it('RELEASE_AFTER: it waits so long, then the next claim has it', () => {
    const ruleset = owned({ releaseAfterMinutes: 10 })
    expect(route(ruleset)).toMatchObject({ outcome: 'held', until: iso(createdMs + 10 * MINUTE_MS) })
    expect(route(ruleset, {}, {}, createdMs + 10 * MINUTE_MS)).toMatchObject({ outcome: 'assigned', locationId: 'B' })
  })

  it('one who is inactive or does not offer the service owns nothing', () => {
    expect(route(owned('HOLD'), {}, { statuses: { A: 'inactive' } })).toMatchObject({ locationId: 'B', flags: [] })
  })

  it('one who is paused and does not offer the service owns nothing either', () => {
    const settings = [{ locationId: 'A', services: ['gutters'] }]
    const territories = [zips('A', true, ['30305'], { whenUnavailable: 'HOLD' }), radius(decatur)]
    const ruleset = aRuleset({ territories, locationSettings: settings })
    const lead = { person: { ...aLead().person, customFields: { service: 'roofs' } } }
    expect(route(ruleset, lead, { statuses: { A: 'paused' } })).toMatchObject({ outcome: 'assigned', locationId: 'B' })
  })

  it('the walk of the reservation does not go past him', () => {
    const ruleset = aRuleset({
      territories: [zips('A', true, ['30305'], { whenUnavailable: 'HOLD' }), radius(decatur)],
      caps: [{ ...closed('A'), limit: 5 }],
    })
    const refused = route(ruleset, {}, { refused: { A: 'hx:{T}:cap:A:leads:day:1781064000000' } })
    expect(refused).toMatchObject({ outcome: 'held', fallback: 'EXCLUSIVE' })
  })
})

describe('a lead that is decided again', () => {
  it('after a missed promise it goes to the next, and not back', () => {
    const decision = route(aRuleset({ territories: both }), asked({ kind: 'sla', previousLocationIds: ['A'] }))
    expect(decision).toMatchObject({ locationId: 'B' })
    expect(decision.candidates.find(({ locationId }) => locationId === 'A')?.reason).toBe('PREVIOUS_ASSIGNEE')
  })

  it('does not wait for room where it was given back, or where a rule keeps it away', () => {
    const fallback = { hold: { minutesMax: 30 } }
    const given = asked({ kind: 'return', reason: 'bad-lead', previousLocationIds: ['A'] })
    const alone = { statuses: { B: 'inactive' as const } }
    expect(route(aRuleset({ territories: both, caps: full, fallback }), given, alone)).toMatchObject({
      ...{ outcome: 'hq', fallback: 'UNAVAILABLE' },
    })
    const when = { field: 'attempt' as const, op: 'gte' as const, value: 0 }
    const rule = { id: 'not-A', when, do: { exclude: { locationIds: ['A'] } } }
    const rules = [{ id: 'limits', match: 'all' as const, rules: [rule] }]
    expect(route(aRuleset({ territories: both, caps: full, fallback, rules }), {}, alone)).toMatchObject({
      ...{ outcome: 'hq', fallback: 'UNAVAILABLE' },
    })
    const held = route(aRuleset({ territories: both, caps: full, fallback }), given)
    expect(held).toMatchObject({ outcome: 'held', fallback: 'ALL_FULL' })
    const [first, second] = held.candidates
    expect(first).toMatchObject({ locationId: 'A', reason: 'PREVIOUS_ASSIGNEE' })
    expect(second).toMatchObject({ locationId: 'B', reason: 'CAP' })
  })

  it('when all have had it, all but the last are asked again', () => {
    const decision = route(aRuleset({ territories: both }), {
      ...asked({ kind: 'sla', previousLocationIds: ['A', 'B'] }),
      attempt: 3,
    })
    expect(decision).toMatchObject({ outcome: 'assigned', locationId: 'A' })
  })

  it('after the third attempt it goes to HQ', () => {
    const decision = route(aRuleset({ territories: both }), {
      ...asked({ kind: 'sla', previousLocationIds: ['A', 'B', 'A'] }),
      attempt: 5,
    })
    expect(decision).toMatchObject({
      outcome: 'hq',
      fallback: 'NO_TOUCH',
      why: 'Sent to HQ: nobody answered in time in 3 attempts.',
    })
  })

  it('a claim and a move are not refused by caps, and marked', () => {
    const ruleset = aRuleset({ territories: both, caps: full })
    const moved = route(ruleset, asked({ kind: 'move', locationId: 'B', by: 'key' }))
    expect(moved).toMatchObject({
      ...{ outcome: 'assigned', locationId: 'B', tier: 'explicit', flags: ['cap-overridden'] },
    })
    expect(moved.why).toBe('Assigned to Shop B: moved by hand, 10 km away, over its cap.')
    expect(route(ruleset, asked({ kind: 'claim', locationId: 'C' })).locationId).toBe(nashville.id)
  })

  it('a returned duplicate or spam ends, a bad lead goes to the next', () => {
    const ruleset = aRuleset({ territories: both })
    expect(route(ruleset, asked({ kind: 'return', reason: 'spam', previousLocationIds: ['A'] }))).toMatchObject({
      ...{ outcome: 'rejected', fallback: 'RETURNED', why: 'Rejected: returned as spam.' },
    })
    expect(route(ruleset, asked({ kind: 'return', reason: 'bad-lead', previousLocationIds: ['A'] })).locationId).toBe(
      'B',
    )
  })
})
