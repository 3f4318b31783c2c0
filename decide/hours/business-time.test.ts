import fc from 'fast-check'
import { DateTime } from 'luxon'
import { describe, expect, it } from 'vitest'
import { type Calendar, weekdays } from '../../contracts/ruleset.ts'
import { addBusinessMinutes, businessMinutesBetween } from './business-time.ts'
import { compileHours, isOpen, nextOpening } from './open-hours.ts'

const office = compileHours({
  id: 'office',
  weekly: Object.fromEntries(weekdays.slice(0, 5).map((day) => [day, ['09:00-17:00']])),
  holidays: [{ date: '2026-07-03' }],
})
const zone = 'America/New_York'
const at = (wall: string): number => DateTime.fromISO(wall, { zone }).toMillis()

const minuteOfDay = fc.integer({ min: 0, max: 1_439 })
const time = (minute: number): string =>
  `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`
const span = fc.tuple(minuteOfDay, minuteOfDay).map(([start, end]) => `${time(start)}-${time(end)}`)
const calendar = fc.record({
  id: fc.constant('any'),
  weekly: fc.record<Required<Calendar['weekly']>>({
    mon: fc.array(span, { maxLength: 3 }),
    tue: fc.array(span, { maxLength: 3 }),
    // At least one span, so that there is a next opening.
    wed: fc.array(span, { minLength: 1, maxLength: 3 }),
    thu: fc.array(span, { maxLength: 3 }),
    fri: fc.array(span, { maxLength: 3 }),
    sat: fc.array(span, { maxLength: 3 }),
    sun: fc.array(span, { maxLength: 3 }),
  }),
})
const zones = fc.constantFrom(
  'America/New_York',
  'America/Santiago',
  'Africa/Cairo',
  'Australia/Lord_Howe',
  'America/St_Johns',
  'Pacific/Honolulu',
)
const instants = fc.integer({ min: Date.parse('2026-01-01T00:00:00Z'), max: Date.parse('2027-01-01T00:00:00Z') })

describe('business minutes', () => {
  it('pass in open hours only, over the week-end and a holiday', () => {
    expect(addBusinessMinutes(office, zone, at('2026-07-02T16:50'), 30)).toBe(at('2026-07-06T09:20'))
    expect(businessMinutesBetween(office, zone, at('2026-07-02T16:50'), at('2026-07-06T09:20'))).toBe(30)
  })

  it('end exactly at closing time, not at the next opening', () => {
    expect(addBusinessMinutes(office, zone, at('2026-07-02T16:30'), 30)).toBe(at('2026-07-02T17:00'))
  })

  it('are plain minutes where there are no hours', () => {
    expect(addBusinessMinutes(null, zone, 1_000, 5)).toBe(301_000)
    expect(businessMinutesBetween(null, zone, 1_000, 301_000)).toBe(5)
  })

  it('of a calendar that never opens end after 400 days', () => {
    const never = compileHours({ id: 'never', weekly: {} })
    expect(addBusinessMinutes(never, zone, 0, 1)).toBe(400 * 86_400_000)
  })

  it('added and counted are inverse, whatever the hours, the zone and the instant', () => {
    fc.assert(
      fc.property(calendar, zones, instants, fc.integer({ min: 1, max: 5_000 }), (any, timeZone, fromMs, minutes) => {
        const hours = compileHours(any)
        const untilMs = addBusinessMinutes(hours, timeZone, fromMs, minutes)
        fc.pre(untilMs < fromMs + 400 * 86_400_000)
        expect(businessMinutesBetween(hours, timeZone, fromMs, untilMs)).toBeCloseTo(minutes, 6)
      }),
      { numRuns: 100 },
    )
  })

  it('open is what the wall clock shows, and the next opening is open while all before it is closed', () => {
    fc.assert(
      fc.property(calendar, zones, instants, (any, timeZone, atMs) => {
        const hours = compileHours(any)
        const wall = DateTime.fromMillis(atMs, { zone: timeZone })
        const minute = wall.hour * 60 + wall.minute
        const spansOf = (day: number) => any.weekly[weekdays[(day + 7) % 7]!].map((text) => text.split('-'))
        const expected =
          spansOf(wall.weekday - 1).some(
            ([start, end]) => time(minute) >= start! && (time(minute) < end! || end! <= start!),
          ) || spansOf(wall.weekday - 2).some(([start, end]) => end! <= start! && time(minute) < end!)
        expect(isOpen(hours, timeZone, atMs)).toBe(expected)
        const opensAtMs = nextOpening(hours, timeZone, atMs)!
        expect(isOpen(hours, timeZone, opensAtMs)).toBe(true)
        expect(businessMinutesBetween(hours, timeZone, atMs, opensAtMs)).toBe(0)
      }),
      { numRuns: 200 },
    )
  })
})
