import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createWindows, type WindowKind, windowAt } from './windows.ts'

const HOUR_MS = 3_600_000
const at = (instant: string): number => Date.parse(instant)
const hours = (zone: string, instant: string): number => {
  const { startMs, endMs } = windowAt('day', zone, at(instant))
  return (endMs - startMs) / HOUR_MS
}
const iso = (ms: number): string => new Date(ms).toISOString()

describe('a day is what the location calls a day', () => {
  it.each([
    ['New York 2026-03-08', 'America/New_York', '2026-03-08T17:00:00Z', 23],
    ['New York 2026-11-01', 'America/New_York', '2026-11-01T17:00:00Z', 25],
    ['New York the day after', 'America/New_York', '2026-11-02T17:00:00Z', 24],
    ['Phoenix, which keeps its clocks', 'America/Phoenix', '2026-03-08T17:00:00Z', 24],
    ['Honolulu, which keeps its clocks', 'Pacific/Honolulu', '2026-11-01T17:00:00Z', 24],
    ["St John's 2026-03-08", 'America/St_Johns', '2026-03-08T17:00:00Z', 23],
    ['Santiago 2026-09-06', 'America/Santiago', '2026-09-06T17:00:00Z', 23],
    ['Cairo 2026-04-24', 'Africa/Cairo', '2026-04-24T12:00:00Z', 23],
    ['Lord Howe in spring', 'Australia/Lord_Howe', '2026-10-04T00:00:00Z', 23.5],
    ['Lord Howe in autumn', 'Australia/Lord_Howe', '2026-04-05T00:00:00Z', 24.5],
  ])('%s (%s) lasts as long as its clock says', (_name, zone, instant, length) => {
    expect(hours(zone, instant)).toBe(length)
  })

  it.each([
    ['Santiago 2026-09-06', 'America/Santiago', '2026-09-06T15:00:00Z', '2026-09-06T04:00:00.000Z', '01:00'],
    ['Cairo 2026-04-24', 'Africa/Cairo', '2026-04-24T12:00:00Z', '2026-04-23T22:00:00.000Z', '01:00'],
    ["St John's 2026-06-10", 'America/St_Johns', '2026-06-10T12:00:00Z', '2026-06-10T02:30:00.000Z', '00:00'],
  ])('%s starts at its first instant', (_name, zone, instant, start, wallTime) => {
    const { startMs } = windowAt('day', zone, at(instant))
    const clock = new Intl.DateTimeFormat('en-GB', { timeZone: zone, hour: '2-digit', minute: '2-digit' })
    expect([iso(startMs), clock.format(startMs)]).toEqual([start, wallTime])
  })

  it('23:59:59.999 and 00:00:00.000 local are two days', () => {
    const last = at('2026-06-10T03:59:59.999Z')
    const { startMs, endMs } = windowAt('day', 'America/New_York', last)
    expect([iso(startMs), endMs]).toEqual(['2026-06-09T04:00:00.000Z', last + 1])
    expect(windowAt('day', 'America/New_York', last + 1).startMs).toBe(endMs)
  })

  it('one instant lies on three local dates', () => {
    const zones = ['Pacific/Pago_Pago', 'America/New_York', 'Pacific/Kiritimati']
    const dates = zones.map((zone) => windowAt('day', zone, at('2026-06-10T10:30:00Z')).startMs)
    expect(dates.map(iso)).toEqual(['2026-06-09T11:00:00.000Z', '2026-06-10T04:00:00.000Z', '2026-06-10T10:00:00.000Z'])
  })

  it('what is no zone is refused', () => {
    expect(() => windowAt('day', 'Mars/Olympus', 0)).toThrow(/unknown time zone Mars/)
  })
})

describe('hours, weeks and months', () => {
  it('the hour that New York shows twice in autumn is two windows', () => {
    const first = windowAt('hour', 'America/New_York', at('2026-11-01T05:30:00Z'))
    const second = windowAt('hour', 'America/New_York', at('2026-11-01T06:30:00Z'))
    expect([iso(first.startMs), iso(first.endMs)]).toEqual(['2026-11-01T05:00:00.000Z', '2026-11-01T06:00:00.000Z'])
    expect([iso(second.startMs), iso(second.endMs)]).toEqual(['2026-11-01T06:00:00.000Z', '2026-11-01T07:00:00.000Z'])
  })

  it('the half hour that Lord Howe shows twice is a window of its own', () => {
    const second = windowAt('hour', 'Australia/Lord_Howe', at('2026-04-04T15:10:00Z'))
    expect([iso(second.startMs), iso(second.endMs)]).toEqual(['2026-04-04T15:00:00.000Z', '2026-04-04T15:30:00.000Z'])
  })

  it('an hour starts on the half in UTC where the zone does', () => {
    const { startMs } = windowAt('hour', 'Asia/Kolkata', at('2026-06-10T12:15:00Z'))
    expect(iso(startMs)).toBe('2026-06-10T11:30:00.000Z')
  })

  it('a week starts on Monday, or on Sunday where it is set so', () => {
    const sunday = at('2026-06-14T16:00:00Z')
    expect(iso(windowAt('week', 'America/New_York', sunday).startMs)).toBe('2026-06-08T04:00:00.000Z')
    expect(iso(windowAt('week', 'America/New_York', sunday, 'sun').startMs)).toBe('2026-06-14T04:00:00.000Z')
  })

  it('a week with a change of the clocks is an hour longer', () => {
    const { startMs, endMs } = windowAt('week', 'America/New_York', at('2026-10-28T16:00:00Z'))
    expect((endMs - startMs) / HOUR_MS).toBe(169)
  })

  it('a month is from its first midnight to the next', () => {
    const { startMs, endMs } = windowAt('month', 'America/New_York', at('2026-03-20T16:00:00Z'))
    expect([iso(startMs), iso(endMs)]).toEqual(['2026-03-01T05:00:00.000Z', '2026-04-01T04:00:00.000Z'])
  })

  it('earlier days are local days, over a change of the clocks too', () => {
    const days = createWindows().earlierDays('America/New_York', at('2026-11-02T17:00:00Z'), 3)
    expect(days.map(iso)).toEqual(['2026-11-01T04:00:00.000Z', '2026-10-31T04:00:00.000Z', '2026-10-30T04:00:00.000Z'])
  })
})

describe('windows of a zone', () => {
  const zones = [
    'America/New_York',
    'America/St_Johns',
    'America/Santiago',
    'Africa/Cairo',
    'Australia/Lord_Howe',
    'Pacific/Apia',
    'Asia/Kathmandu',
  ]
  const kinds: WindowKind[] = ['hour', 'day', 'week', 'month']
  const instant = fc.integer({ min: at('2020-01-01T00:00:00Z'), max: at('2040-01-01T00:00:00Z') })

  it('lie end to end: each instant is in one window, which starts where the one before ends', () => {
    fc.assert(
      fc.property(fc.constantFrom(...zones), fc.constantFrom(...kinds), instant, (zone, kind, nowMs) => {
        const window = windowAt(kind, zone, nowMs)
        expect(window.startMs <= nowMs && nowMs < window.endMs).toBe(true)
        expect(windowAt(kind, zone, window.startMs)).toEqual(window)
        expect(windowAt(kind, zone, window.endMs - 1)).toEqual(window)
        expect(windowAt(kind, zone, window.endMs).startMs).toBe(window.endMs)
      }),
      { numRuns: 400 },
    )
  })

  it('are the same remembered as computed, in whatever order they are asked for', () => {
    const windows = createWindows()
    fc.assert(
      fc.property(fc.constantFrom(...zones), fc.constantFrom(...kinds), instant, (zone, kind, nowMs) => {
        expect(windows.at(kind, zone, nowMs)).toEqual(windowAt(kind, zone, nowMs))
      }),
      { numRuns: 400 },
    )
  })
})
