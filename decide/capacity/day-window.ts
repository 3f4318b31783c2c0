import { DateTime } from 'luxon'

/** A local day as instants, milliseconds since the epoch; `endMs` is the next day's start. 23 to 25 hours long. */
export type DayWindow = { startMs: number; endMs: number }

export type DayWindows = (timeZone: string, nowMs: number) => DayWindow

/** Remembers the last window of each zone: of thousands of look-ups a day, one computes. */
export function createDayWindows(): DayWindows {
  const last = new Map<string, DayWindow>()
  return (timeZone, nowMs) => {
    const known = last.get(timeZone)
    if (known && nowMs >= known.startMs && nowMs < known.endMs) return known
    const window = dayWindow(timeZone, nowMs)
    last.set(timeZone, window)
    return window
  }
}

/** @throws RangeError when the zone is no IANA zone. */
export function dayWindow(timeZone: string, nowMs: number): DayWindow {
  const start = DateTime.fromMillis(nowMs, { zone: timeZone }).startOf('day')
  if (!start.isValid) throw new RangeError(`unknown time zone ${timeZone}`)
  return { startMs: start.toMillis(), endMs: start.plus({ days: 1 }).startOf('day').toMillis() }
}
