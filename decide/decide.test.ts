import { describe, expect, it } from 'vitest'
import type { Cap, Strategy, Territory } from '../contracts/ruleset.ts'
import type { Snapshot } from '../contracts/snapshot.ts'
import { aPlace } from '../test/support/a-place.ts'
import {
  aLead,
  aLocation,
  aRuleset,
  buckhead,
  decatur,
  NOW_MS,
  nowhere,
  quiet,
  radius,
  zips,
} from '../test/support/decide-builders.ts'
import { decide } from './decide.ts'
import { decisionHash } from './decision-hash.ts'

const lead = aLead()
const day = (locationId: string, limit: number | null): Cap => ({ locationId, metric: 'leads', window: 'day', limit })

const compile = (territories: Territory[], caps: Cap[] = [], shared: Strategy = 'balanced') =>
  aRuleset({ territories, caps, strategy: { exclusive: 'nearest', shared, nearest: 'nearest' } })

const dayKey = (id: string): string => `hx:{T}:cap:${id}:leads:day:${Date.parse('2026-06-10T04:00:00Z')}`
const reasons = (decision: ReturnType<typeof decide>) =>
  decision.candidates.map(({ locationId, tier, rank, reason }) => [locationId, tier, rank, reason])

describe('who gets a lead', () => {
  it('an exclusive owner comes before a shared radius, and that before the nearest', () => {
    const decision = decide(lead, compile([zips('B', true), radius(buckhead)]), quiet, NOW_MS, 's')
    expect(decision).toMatchObject({ outcome: 'assigned', locationId: 'B', tier: 'exclusive', fallback: null })
    expect(reasons(decision)).toEqual([
      ['B', 'exclusive', 1, null],
      ['A', 'shared', 2, null],
      ['C', 'nearest', null, 'DISTANCE'],
    ])
    expect(decision.why).toBe('Assigned to Shop B: owns ZIP 30305, 10 km away.')
  })

  it('a full owner releases the lead to the next, and the reason says so', () => {
    const snapshot = { ...quiet, counters: { B: { day: 20 } } }
    const decision = decide(lead, compile([zips('B', true), radius(buckhead)], [day('B', 20)]), snapshot, NOW_MS, 's')
    expect(decision).toMatchObject({ outcome: 'assigned', locationId: 'A', tier: 'shared' })
    expect(decision.candidates.find(({ locationId }) => locationId === 'B')).toMatchObject({
      reason: 'CAP',
      detail: 'day 20/20',
      utilisation: 1,
    })
    expect(decision.why).toContain('Shop B came first but was full (day 20/20)')
  })

  it('paused and inactive locations give their reason', () => {
    const snapshot: Snapshot = { ...quiet, statuses: { B: 'paused', A: 'inactive' } }
    const decision = decide(lead, compile([zips('B', true), radius(buckhead)]), snapshot, NOW_MS, 's')
    expect(decision).toMatchObject({ outcome: 'hq', fallback: 'UNAVAILABLE', locationId: null })
    expect(reasons(decision).map(([id, , , reason]) => [id, reason])).toEqual([
      ['B', 'PAUSED'],
      ['A', 'INACTIVE'],
      ['C', 'DISTANCE'],
    ])
  })

  it('a cap of 0 is closed, a cap of null is none', () => {
    expect(decide(lead, compile([zips('A', true)], [day('A', 0)]), quiet, NOW_MS, 's').locationId).toBe('B')
    expect(decide(lead, compile([zips('A', true)], [day('A', null)]), quiet, NOW_MS, 's').locationId).toBe('A')
  })

  it('balanced weighs room against distance, nearest does not', () => {
    const full = { ...quiet, counters: { A: { day: 19 }, B: { day: 0 } } }
    const caps = [day('A', 20), day('B', 20)]
    expect(decide(lead, compile([radius(buckhead), radius(decatur)], caps), full, NOW_MS, 's').locationId).toBe('B')
    expect(
      decide(lead, compile([radius(buckhead), radius(decatur)], caps, 'nearest'), full, NOW_MS, 's').locationId,
    ).toBe('A')
  })

  it('what the reservation found full is full in the decision', () => {
    const ruleset = compile([radius(buckhead), radius(decatur)], [day('A', 20)])
    const first = decide(lead, ruleset, quiet, NOW_MS, 's')
    const second = decide(lead, ruleset, { ...quiet, refused: { A: dayKey('A') } }, NOW_MS, 's')
    expect([first.locationId, second.locationId]).toEqual(['A', 'B'])
  })
})

describe('a lead that no location can take goes to HQ with the reason', () => {
  it.each([
    ['BAD_POSTAL', aLead({ place: nowhere }), [] as Cap[]],
    ['NON_GEOGRAPHIC', aLead({ place: { ...nowhere, postalCode: '09012', fault: 'NON_GEOGRAPHIC' } }), []],
    ['NO_COVERAGE', aLead({ place: aPlace({ postalCode: '59001', latitude: 45.5, longitude: -109.4 }) }), []],
    ['ALL_FULL', lead, [day('A', 0), day('B', 0)]],
  ])('%s', (fallback, given, caps) => {
    const decision = decide(given, compile([zips('A', true)], caps), quiet, NOW_MS, 's')
    expect(decision).toMatchObject({ outcome: 'hq', fallback, locationId: null, tier: null })
    expect(decision.why).toMatch(/^Sent to HQ: .+\.$/)
  })
})

describe('a decision can be made again', () => {
  it('the same arguments give the same bytes, whatever the order of the input', () => {
    const territories = [radius(buckhead), radius(decatur), zips('B', false)]
    const again = decide(lead, compile([...territories].reverse()), quiet, NOW_MS, 's')
    const decision = decide(lead, compile(territories), quiet, NOW_MS, 's')
    expect(JSON.stringify(again)).toBe(JSON.stringify(decision))
  })

  it('the hash covers everything', () => {
    const { hash, ...rest } = decide(lead, compile([radius(buckhead)]), quiet, NOW_MS, 's')
    expect(decisionHash(rest)).toBe(hash)
    expect(decisionHash({ ...rest, decidedAt: '2026-06-10T15:00:00.001Z' })).not.toBe(hash)
  })

  it('ties fall by lot of the seed: evenly over many leads, the same for one', () => {
    const twin = aLocation('D', buckhead.latitude, buckhead.longitude)
    const ruleset = aRuleset({
      nearestMaxM: 0,
      territories: [radius(buckhead), radius(twin)],
      locations: [buckhead, twin],
    })
    const toA = Array.from({ length: 2_000 }, (_, i) => decide(lead, ruleset, quiet, NOW_MS, `seed ${i}`)).filter(
      ({ locationId }) => locationId === 'A',
    )
    // 2,000 fair lots: 1,000 with a standard deviation of 22.4; five of them either way.
    expect(Math.abs(toA.length - 1_000)).toBeLessThan(112)
  })
})
