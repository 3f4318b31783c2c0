import { describe, expect, it } from 'vitest'
import { createDayWindows, dayWindow } from './day-window.ts'

const HOUR_MS = 3_600_000
const hours = (zone: string, instant: string): number => {
  const { startMs, endMs } = dayWindow(zone, Date.parse(instant))
  return (endMs - startMs) / HOUR_MS
}

describe('a day is what the location calls a day', () => {
  it.each([
    ['America/New_York', '2026-03-08T17:00:00Z', 23],
    ['America/New_York', '2026-11-01T17:00:00Z', 25],
    ['America/New_York', '2026-11-02T17:00:00Z', 24],
    ['America/Phoenix', '2026-03-08T17:00:00Z', 24],
    ['Pacific/Honolulu', '2026-11-01T17:00:00Z', 24],
    ['America/St_Johns', '2026-03-08T17:00:00Z', 23],
    ['America/Santiago', '2026-09-06T17:00:00Z', 23],
    ['Africa/Cairo', '2026-04-24T12:00:00Z', 23],
    ['Australia/Lord_Howe', '2026-10-04T00:00:00Z', 23.5],
    ['Australia/Lord_Howe', '2026-04-05T00:00:00Z', 24.5],
  ])('%s on %s has %d hours', (zone, instant, length) => {
    expect(hours(zone, instant)).toBe(length)
  })

  it('ends one millisecond after 23:59:59.999', () => {
    const last = Date.parse('2026-06-10T03:59:59.999Z')
    const { startMs, endMs } = dayWindow('America/New_York', last)
    expect([startMs, endMs]).toEqual([Date.parse('2026-06-09T04:00:00Z'), last + 1])
    expect(dayWindow('America/New_York', last + 1).startMs).toBe(endMs)
  })

  it('gives one instant three local dates', () => {
    const instant = Date.parse('2026-06-10T10:30:00Z')
    const zones = ['Pacific/Pago_Pago', 'America/New_York', 'Pacific/Kiritimati']
    expect(new Set(zones.map((zone) => dayWindow(zone, instant).startMs)).size).toBe(3)
  })

  it('remembers a window only as long as it lasts', () => {
    const windows = createDayWindows()
    const before = windows('America/New_York', Date.parse('2026-06-10T03:59:59.999Z'))
    expect(windows('America/New_York', before.endMs).startMs).toBe(before.endMs)
    expect(windows('America/New_York', before.startMs)).toEqual(before)
  })

  it('refuses what is no zone', () => {
    expect(() => dayWindow('Mars/Olympus', 0)).toThrow(/unknown time zone Mars/)
  })
})
