import { DateTime } from 'luxon'
import { describe, expect, it } from 'vitest'
import type { Calendar } from '../../contracts/ruleset.ts'
import { businessMinutesBetween } from './business-time.ts'
import { compileHours, isOpen, nextOpening } from './open-hours.ts'

const everyDay = (span: string): Calendar['weekly'] => ({
  mon: [span],
  tue: [span],
  wed: [span],
  thu: [span],
  fri: [span],
  sat: [span],
  sun: [span],
})
const always = compileHours({ id: 'always', weekly: everyDay('00:00-24:00') })
const at = (zone: string, wall: string): number => DateTime.fromISO(wall, { zone }).toMillis()
const minutesOpen = (hours: ReturnType<typeof compileHours>, zone: string, from: string, to: string): number =>
  businessMinutesBetween(hours, zone, at(zone, from), at(zone, to))

describe('a calendar that is always open has as many hours as the day', () => {
  it.each([
    ['New York, 2026-03-08, 23 h', 'America/New_York', '2026-03-08', 23],
    ['New York, 2026-11-01, 25 h', 'America/New_York', '2026-11-01', 25],
    ['Phoenix, 2026-03-08, 24 h', 'America/Phoenix', '2026-03-08', 24],
    ['Honolulu, 2026-11-01, 24 h', 'Pacific/Honolulu', '2026-11-01', 24],
    ["St John's, 2026-03-08, 23 h", 'America/St_Johns', '2026-03-08', 23],
    ['Santiago, 2026-09-06, begins at 01:00, 23 h', 'America/Santiago', '2026-09-06', 23],
    ['Cairo, 2026-04-24, begins at 01:00, 23 h', 'Africa/Cairo', '2026-04-24', 23],
    ['Lord Howe, 2026-04-05, 24.5 h', 'Australia/Lord_Howe', '2026-04-05', 24.5],
    ['Lord Howe, 2026-10-04, 23.5 h', 'Australia/Lord_Howe', '2026-10-04', 23.5],
  ])('%s', (_name, zone, date, hours) => {
    const next = DateTime.fromISO(date).plus({ days: 1 }).toISODate()!
    expect(minutesOpen(always, zone, date, next)).toBe(hours * 60)
  })
})

describe('gaps shrink and folds include both hours', () => {
  const night = compileHours({ id: 'night', weekly: everyDay('22:00-06:00') })
  const early = compileHours({ id: 'early', weekly: everyDay('01:00-02:00') })
  const inGap = compileHours({ id: 'gap', weekly: everyDay('02:15-02:45') })
  const fromGap = compileHours({ id: 'from-gap', weekly: everyDay('02:30-05:00') })

  it('the night of 2026-03-08 in New York has 7 open hours, that of 2026-11-01 has 9', () => {
    expect(minutesOpen(night, 'America/New_York', '2026-03-07T12:00', '2026-03-08T12:00')).toBe(7 * 60)
    expect(minutesOpen(night, 'America/New_York', '2026-10-31T12:00', '2026-11-01T12:00')).toBe(9 * 60)
  })

  it('01:00-02:00 on 2026-11-01 in New York is open for both hours', () => {
    expect(minutesOpen(early, 'America/New_York', '2026-11-01', '2026-11-02')).toBe(120)
    expect(isOpen(early, 'America/New_York', Date.parse('2026-11-01T05:30:00Z'))).toBe(true)
    expect(isOpen(early, 'America/New_York', Date.parse('2026-11-01T06:30:00Z'))).toBe(true)
    expect(isOpen(early, 'America/New_York', Date.parse('2026-11-01T07:00:00Z'))).toBe(false)
  })

  it('a span inside the skipped hour of 2026-03-08 in New York does not open, one that begins in it opens at 03:00', () => {
    expect(minutesOpen(inGap, 'America/New_York', '2026-03-08', '2026-03-09')).toBe(0)
    expect(nextOpening(fromGap, 'America/New_York', at('America/New_York', '2026-03-08'))).toBe(
      Date.parse('2026-03-08T07:00:00Z'),
    )
  })

  it('a span that ends at 01:00 ends at the first 01:00 of 2026-11-01 in New York', () => {
    const evening = compileHours({ id: 'evening', weekly: everyDay('20:00-01:00') })
    expect(isOpen(evening, 'America/New_York', Date.parse('2026-11-01T04:59:59.999Z'))).toBe(true)
    expect(isOpen(evening, 'America/New_York', Date.parse('2026-11-01T05:00:00Z'))).toBe(false)
    expect(isOpen(evening, 'America/New_York', Date.parse('2026-11-01T06:00:00Z'))).toBe(false)
  })

  it.each([
    ['Santiago, 2026-09-06', 'America/Santiago', '2026-09-06T04:00:00Z'],
    ['Cairo, 2026-04-24', 'Africa/Cairo', '2026-04-23T22:00:00Z'],
  ])('%s starts at 01:00: hours from midnight open then', (_name, zone, midnight) => {
    const morning = compileHours({ id: 'morning', weekly: everyDay('00:00-02:00') })
    const startMs = Date.parse(midnight)
    expect(DateTime.fromMillis(startMs, { zone }).toFormat('HH:mm')).toBe('01:00')
    expect(isOpen(morning, zone, startMs - 1)).toBe(false)
    expect(isOpen(morning, zone, startMs)).toBe(true)
    expect(isOpen(morning, zone, startMs + 3_600_000)).toBe(false)
  })
})

describe('overnight spans belong to the day on which they start', () => {
  const friday = compileHours({ id: 'friday', weekly: { fri: ['22:00-06:00'] } })

  it('Friday 22:00-06:00 is open on Saturday morning and not on Friday morning', () => {
    expect(isOpen(friday, 'America/New_York', at('America/New_York', '2026-06-12T05:59'))).toBe(false)
    expect(isOpen(friday, 'America/New_York', at('America/New_York', '2026-06-12T23:00'))).toBe(true)
    expect(isOpen(friday, 'America/New_York', at('America/New_York', '2026-06-13T05:59:59.999'))).toBe(true)
    expect(isOpen(friday, 'America/New_York', at('America/New_York', '2026-06-13T06:00'))).toBe(false)
  })

  it('a holiday takes away its own evening and leaves the morning of the night before', () => {
    const nights = compileHours({ id: 'n', weekly: everyDay('22:00-06:00'), holidays: [{ date: '2026-12-25' }] })
    expect(isOpen(nights, 'America/New_York', at('America/New_York', '2026-12-25T03:00'))).toBe(true)
    expect(isOpen(nights, 'America/New_York', at('America/New_York', '2026-12-25T23:00'))).toBe(false)
    expect(isOpen(nights, 'America/New_York', at('America/New_York', '2026-12-26T03:00'))).toBe(false)
  })

  it('an end equal to the start lasts 24 hours, and overlapping spans count once', () => {
    const round = compileHours({ id: 'round', weekly: { mon: ['09:00-09:00', '10:00-12:00'] } })
    expect(minutesOpen(round, 'America/New_York', '2026-06-07', '2026-06-14')).toBe(24 * 60)
  })
})

describe('edges of the day', () => {
  const monday = compileHours({ id: 'monday', weekly: { mon: ['00:00-24:00'] } })

  it('23:59:59.999 on Sunday is closed, 00:00:00.000 on Monday is open, and so to 23:59:59.999', () => {
    const zone = 'America/New_York'
    expect(isOpen(monday, zone, at(zone, '2026-06-07T23:59:59.999'))).toBe(false)
    expect(isOpen(monday, zone, at(zone, '2026-06-08T00:00:00.000'))).toBe(true)
    expect(isOpen(monday, zone, at(zone, '2026-06-08T23:59:59.999'))).toBe(true)
    expect(isOpen(monday, zone, at(zone, '2026-06-09T00:00:00.000'))).toBe(false)
  })

  it('one instant on three local dates: one calendar answers by the date of each zone', () => {
    const wednesday = compileHours({ id: 'w', weekly: { wed: ['00:00-24:00'] } })
    const instant = Date.parse('2026-06-10T10:30:00Z')
    const zones = ['Pacific/Pago_Pago', 'America/New_York', 'Pacific/Kiritimati']
    const dates = zones.map((zone) => DateTime.fromMillis(instant, { zone }).toISODate())
    expect(dates).toEqual(['2026-06-09', '2026-06-10', '2026-06-11'])
    expect(zones.map((zone) => isOpen(wednesday, zone, instant))).toEqual([false, true, false])
  })

  it('holidays are local dates, and may have other hours', () => {
    const shop = compileHours({
      id: 'shop',
      weekly: everyDay('09:00-17:00'),
      holidays: [{ date: '2026-12-24', hours: ['09:00-12:00'] }, { date: '2026-12-25' }],
    })
    const zone = 'Pacific/Honolulu'
    expect(isOpen(shop, zone, at(zone, '2026-12-24T11:59'))).toBe(true)
    expect(isOpen(shop, zone, at(zone, '2026-12-24T12:00'))).toBe(false)
    expect(nextOpening(shop, zone, at(zone, '2026-12-24T12:00'))).toBe(at(zone, '2026-12-26T09:00'))
  })
})

describe('the next opening', () => {
  it('is now when open, and null for a calendar that does not open within 400 days', () => {
    const now = Date.parse('2026-06-10T15:00:00Z')
    expect(nextOpening(always, 'America/New_York', now)).toBe(now)
    const never = compileHours({ id: 'never', weekly: {}, holidays: [{ date: '2026-01-01', hours: ['09:00-10:00'] }] })
    expect(nextOpening(never, 'America/New_York', now)).toBeNull()
    expect(isOpen(never, 'America/New_York', now)).toBe(false)
  })

  it('refuses what is no zone', () => {
    expect(() => isOpen(always, 'Mars/Olympus', 0)).toThrow(/unknown time zone Mars/)
  })
})
