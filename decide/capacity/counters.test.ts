import { describe, expect, it } from 'vitest'
import type { Cap } from '../../contracts/ruleset.ts'
import { expiryOfKey, isConcurrentKey, isRotationKey } from './counter-keys.ts'
import { type CappedPlace, countersOf, rotationCounter, type Worth } from './counters.ts'
import { createWindows } from './windows.ts'

const context = { tenant: 'T', weekStartsOn: 'mon' as const, windows: createWindows() }
const NOW_MS = Date.parse('2026-06-10T15:00:00Z')
const DAY_START_MS = Date.parse('2026-06-10T04:00:00Z')
const plain: Worth = { source: 'ads', service: 'roof', points: 3, value: 2_500 }

const cap = (more: Partial<Cap> = {}): Cap => ({ locationId: 'A', metric: 'leads', window: 'day', limit: 20, ...more })
const place = (caps: Cap[], more: Partial<CappedPlace> = {}): CappedPlace => ({
  locationId: 'A',
  userId: null,
  timeZone: 'America/New_York',
  caps,
  ...more,
})
const keysOf = (caps: Cap[], worth = plain, nowMs = NOW_MS, more: Partial<CappedPlace> = {}): string[] =>
  countersOf(context, place(caps, more), worth, nowMs).map(({ key }) => key)

describe('the counters of a place', () => {
  it('are named by the start of their window', () => {
    const windows = (['hour', 'day', 'week', 'month', 'total', 'concurrent'] as const).map((window) => cap({ window }))
    expect(keysOf(windows)).toEqual([
      `hx:{T}:cap:A:leads:hour:${NOW_MS}`,
      `hx:{T}:cap:A:leads:day:${DAY_START_MS}`,
      `hx:{T}:cap:A:leads:week:${Date.parse('2026-06-08T04:00:00Z')}`,
      `hx:{T}:cap:A:leads:month:${Date.parse('2026-06-01T04:00:00Z')}`,
      'hx:{T}:cap:A:leads:total',
      'hx:{T}:cap:A:leads:concurrent',
    ])
  })

  it('of a user are his at this location', () => {
    expect(keysOf([cap({ userId: 'u' })], plain, NOW_MS, { userId: 'u' })).toEqual([
      `hx:{T}:cap:A/u:leads:day:${DAY_START_MS}`,
    ])
  })

  it('count a lead as one, its points or its value', () => {
    const caps = (['leads', 'points', 'value'] as const).map((metric) => cap({ metric }))
    expect(countersOf(context, place(caps), plain, NOW_MS).map(({ amount, label }) => [amount, label])).toEqual([
      [1, 'day'],
      [3, 'points day'],
      [2_500, 'value day'],
    ])
  })

  it('of a scope count only leads of it, whatever the case of the source', () => {
    const scoped = [cap({ scope: { source: 'Ads' } }), cap({ scope: { source: 'ADS', service: 'roof' } })]
    expect(keysOf(scoped)).toEqual([
      `hx:{T}:cap:A:leads:day:source=ads:${DAY_START_MS}`,
      `hx:{T}:cap:A:leads:day:source=ads,service=roof:${DAY_START_MS}`,
    ])
    expect(keysOf(scoped, { ...plain, service: 'solar' })).toHaveLength(1)
    expect(keysOf(scoped, { ...plain, source: null })).toEqual([])
  })

  it('keep a source full of colons and other text apart from the rest of the key', () => {
    const [key] = keysOf([cap({ window: 'concurrent', scope: { source: 'a:b\tc \ud800' } })], {
      ...plain,
      source: 'a:b\tc \ud800',
    })
    expect(key).toBe('hx:{T}:cap:A:leads:concurrent:source=a%3Ab%09c%20%EF%BF%BD')
    expect(isConcurrentKey(key!)).toBe(true)
  })

  it('of seven rolling days are summed with the six local days before, over the autumn change too', () => {
    const [counter] = countersOf(
      context,
      place([cap({ window: { rollingDays: 7 } })]),
      plain,
      Date.parse('2026-11-03T15:00:00Z'),
    )
    expect(counter!.key).toBe(`hx:{T}:cap:A:leads:rolling7:${Date.parse('2026-11-03T05:00:00Z')}`)
    expect(counter!.alsoKeys.map((key) => new Date(Number(key.split(':').at(-1))).toISOString())).toEqual([
      '2026-11-02T05:00:00.000Z',
      '2026-11-01T04:00:00.000Z',
      '2026-10-31T04:00:00.000Z',
      '2026-10-30T04:00:00.000Z',
      '2026-10-29T04:00:00.000Z',
      '2026-10-28T04:00:00.000Z',
    ])
  })

  it('a zone edited at noon opens the window of the new zone; what was counted stays where it was', () => {
    const noon = Date.parse('2026-06-10T16:00:00Z')
    const [before] = keysOf([cap()], plain, noon)
    const [after] = keysOf([cap()], plain, noon, { timeZone: 'America/Los_Angeles' })
    expect(before).toBe(`hx:{T}:cap:A:leads:day:${Date.parse('2026-06-10T04:00:00Z')}`)
    expect(after).toBe(`hx:{T}:cap:A:leads:day:${Date.parse('2026-06-10T07:00:00Z')}`)
  })
})

describe('a key alone tells', () => {
  it('what is given back when the lead is closed', () => {
    expect(isConcurrentKey('hx:{T}:cap:A:value:concurrent:service=roof')).toBe(true)
    expect(isConcurrentKey('hx:{T}:cap:concurrent:leads:day:1')).toBe(false)
    expect(isConcurrentKey('hx:{T}:due:concurrent:1780000000000')).toBe(false)
    expect(isRotationKey(rotationCounter('T', 'A', 'u', 1, -1_000_000).key)).toBe(true)
  })

  it.each(['hour', 'day', 'week', 'month', { rollingDays: 7 }, { rollingDays: 92 }] as const)(
    'between which instants it is forgotten: %o',
    (window) => {
      for (let day = 0; day < 370; day += 5) {
        const nowMs = NOW_MS + day * 86_400_000
        const [counter] = countersOf(context, place([cap({ window })]), plain, nowMs)
        const expiry = expiryOfKey(counter!.key)!
        expect(counter!.expiresAtMs).toBeGreaterThanOrEqual(expiry.earliestMs)
        expect(counter!.expiresAtMs).toBeLessThanOrEqual(expiry.latestMs)
        expect(expiry.earliestMs).toBeGreaterThan(nowMs)
      }
    },
  )
})
