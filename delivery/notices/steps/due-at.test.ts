import fc from 'fast-check'
import { DateTime } from 'luxon'
import { expect, test } from 'vitest'
import { dueAt } from './due-at.ts'
import { quietEnd } from './quiet-end.ts'

const MINUTE_MS = 60_000
const zones = ['America/New_York', 'Europe/Berlin', 'Australia/Lord_Howe', 'Asia/Kolkata', 'Africa/Casablanca', 'UTC']
const zone = fc.constantFrom(...zones)
const wallTime = fc
  .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
  .map((parts) => parts.map((part) => String(part).padStart(2, '0')).join(':'))
/** Around both changes of the clock in each hemisphere, and anywhere else in two years. */
const instant = fc.oneof(
  ...['2026-03-08T00:00Z', '2026-11-01T00:00Z', '2026-03-29T00:00Z', '2026-10-25T00:00Z', '2026-10-03T12:00Z'].map(
    (day) => fc.integer({ min: 0, max: 2 * 1_440 }).map((minutes) => Date.parse(day) + minutes * MINUTE_MS),
  ),
  fc.integer({ min: 0, max: 2 * 525_600 }).map((minutes) => Date.parse('2026-01-01T00:00Z') + minutes * MINUTE_MS),
)

const wall = (ms: number, timeZone: string): string => DateTime.fromMillis(ms, { zone: timeZone }).toFormat('HH:mm')

/** What quiet hours mean, read off the wall. */
function isQuiet(ms: number, from: string, to: string, timeZone: string): boolean {
  const now = wall(ms, timeZone)
  return from < to ? now >= from && now < to : from > to && (now >= from || now < to)
}

test('a notice in quiet hours leaves at the first minute that is not quiet, past midnight and through changes of the clock', () => {
  fc.assert(
    fc.property(instant, wallTime, wallTime, zone, (at, from, to, timeZone) => {
      let first = at
      while (isQuiet(first, from, to, timeZone)) first += MINUTE_MS
      expect(quietEnd(at, { from, to }, timeZone) ?? at).toBe(first)
    }),
    { numRuns: 200 },
  )
})

test('quiet hours past midnight end in the morning of the right day', () => {
  const night = { from: '21:00', to: '07:30' }
  const end = (text: string) =>
    DateTime.fromMillis(quietEnd(Date.parse(text), night, 'America/New_York') ?? 0)
      .toUTC()
      .toISO()
  expect(end('2026-06-01T01:00:00Z')).toBe('2026-06-01T11:30:00.000Z')
  expect(end('2026-06-01T11:29:59.999Z')).toBe('2026-06-01T11:30:00.000Z')
  expect(end('2026-06-01T11:30:00Z')).toBe('1970-01-01T00:00:00.000Z')
})

test('an end that the clock skips is the moment of the skip, and an hour gone through twice is quiet twice', () => {
  const end = (text: string, to: string) =>
    new Date(quietEnd(Date.parse(text), { from: '22:00', to }, 'America/New_York') ?? 0).toISOString()
  expect(end('2026-03-08T06:00:00Z', '02:30')).toBe('2026-03-08T07:00:00.000Z')
  expect(end('2026-11-01T05:10:00Z', '01:30')).toBe('2026-11-01T05:30:00.000Z')
  expect(end('2026-11-01T06:10:00Z', '01:30')).toBe('2026-11-01T06:30:00.000Z')
})

test('when the clock skips all that is not quiet, the quiet hours last another day', () => {
  const endMs = quietEnd(Date.parse('2026-03-08T06:30:00Z'), { from: '02:01', to: '02:00' }, 'America/New_York') ?? 0
  expect(new Date(endMs).toISOString()).toBe('2026-03-09T06:00:00.000Z')
})

test('quiet from and to the same minute is never quiet, and so is a zone that nobody knows', () => {
  expect(quietEnd(0, { from: '08:00', to: '08:00' }, 'UTC')).toBeNull()
  expect(quietEnd(0, { from: '00:00', to: '08:00' }, 'Mars/Olympus')).toBeNull()
})

test('a digest leaves at the end of its window, always later than what is in it and never in quiet hours', () => {
  const quiet = fc.option(fc.record({ from: wallTime, to: wallTime }))
  fc.assert(
    fc.property(instant, fc.integer({ min: 1, max: 1_440 }), quiet, zone, (at, digestMinutes, quietHours, timeZone) => {
      const { dueAtMs, waits } = dueAt(at, { digestMinutes, quietHours, timeZone })
      expect(waits).toBe(true)
      expect(dueAtMs).toBeGreaterThan(at)
      if (quietHours) expect(isQuiet(dueAtMs, quietHours.from, quietHours.to, timeZone)).toBe(false)
      else expect(dueAtMs - at).toBeLessThanOrEqual(digestMinutes * MINUTE_MS)
    }),
    { numRuns: 300 },
  )
})

test('what happens in one window leaves at one time; a daily digest leaves at the midnight of its own zone', () => {
  const berlin = { quietHours: null, timeZone: 'Europe/Berlin' }
  const at = (text: string, digestMinutes: number) =>
    new Date(dueAt(Date.parse(text), { ...berlin, digestMinutes }).dueAtMs).toISOString()
  expect([at('2026-06-01T10:00:00Z', 15), at('2026-06-01T10:14:59.999Z', 15)]).toEqual([
    '2026-06-01T10:15:00.000Z',
    '2026-06-01T10:15:00.000Z',
  ])
  expect(at('2026-06-01T10:15:00Z', 15)).toBe('2026-06-01T10:30:00.000Z')
  expect(at('2026-06-01T10:00:00Z', 1_440)).toBe('2026-06-01T22:00:00.000Z')
})

test('without digest and quiet hours a notice is due at once', () => {
  expect(dueAt(5, { digestMinutes: null, quietHours: null, timeZone: 'UTC' })).toEqual({ dueAtMs: 5, waits: false })
})
