import { DateTime } from 'luxon'

/** A span of time as instants, milliseconds since the epoch; `endMs` is the start of the next one. */
export type Window = { startMs: number; endMs: number }
export type WindowKind = 'hour' | 'day' | 'week' | 'month'
export type WeekStart = 'mon' | 'sun'

export type Windows = {
  at: (kind: WindowKind, timeZone: string, nowMs: number, weekStartsOn?: WeekStart) => Window
  /** Starts of the `count` local days before today, latest first. */
  earlierDays: (timeZone: string, nowMs: number, count: number) => readonly number[]
}

/** Remembers the last window of each zone and kind: of thousands of look-ups one computes. */
export function createWindows(): Windows {
  const last = new Map<string, Window>()
  const earlier = new Map<string, { startMs: number; days: number[] }>()
  const at: Windows['at'] = (kind, timeZone, nowMs, weekStartsOn = 'mon') => {
    const name = `${kind}${weekStartsOn}${timeZone}`
    const known = last.get(name)
    if (known && nowMs >= known.startMs && nowMs < known.endMs) return known
    const window = windowAt(kind, timeZone, nowMs, weekStartsOn)
    last.set(name, window)
    return window
  }
  return {
    at,
    earlierDays: (timeZone, nowMs, count) => {
      const { startMs } = at('day', timeZone, nowMs)
      let known = earlier.get(timeZone)
      if (known?.startMs !== startMs) {
        known = { startMs, days: [] }
        earlier.set(timeZone, known)
      }
      const { days } = known
      while (days.length < count) days.push(windowAt('day', timeZone, (days.at(-1) ?? startMs) - 1).startMs)
      return days.length === count ? days : days.slice(0, count)
    },
  }
}

/**
 * The window of the location's wall clock that holds an instant. Days last 23 to 25 hours; the hour that a clock shows
 * twice in autumn is two windows. @throws RangeError when the zone is no IANA zone.
 */
export function windowAt(kind: WindowKind, timeZone: string, nowMs: number, weekStartsOn: WeekStart = 'mon'): Window {
  const now = DateTime.fromMillis(nowMs, { zone: timeZone })
  if (!now.isValid) throw new RangeError(`unknown time zone ${timeZone}`)
  switch (kind) {
    case 'hour':
      return hourWindow(timeZone, nowMs)
    case 'day':
      return between(now.startOf('day'), { days: 1 })
    case 'week': {
      const sinceStart = weekStartsOn === 'sun' ? now.weekday % 7 : now.weekday - 1
      return between(now.startOf('day').minus({ days: sinceStart }).startOf('day'), { days: 7 })
    }
    case 'month':
      return between(now.startOf('month').startOf('day'), { months: 1 })
  }
}

/** Where midnight does not exist (Santiago, Cairo), luxon's start of the day is the first instant that does. */
const between = (start: DateTime, length: { days: number } | { months: number }): Window => ({
  startMs: start.toMillis(),
  endMs: start.plus(length).startOf('day').toMillis(),
})

const HOUR_MS = 3_600_000

/** Instants with the same wall-clock hour and the same offset; a change of the offset ends the window early. */
function hourWindow(timeZone: string, nowMs: number): Window {
  const offsetMs = offsetAt(timeZone, nowMs)
  const startMs = Math.floor((nowMs + offsetMs) / HOUR_MS) * HOUR_MS - offsetMs
  const endMs = startMs + HOUR_MS
  const isStartWhole = offsetAt(timeZone, startMs) === offsetMs
  const isEndWhole = offsetAt(timeZone, endMs - 1) === offsetMs
  return {
    startMs: isStartWhole ? startMs : offsetChange(timeZone, startMs, nowMs),
    endMs: isEndWhole ? endMs : offsetChange(timeZone, nowMs, endMs),
  }
}

const offsetAt = (timeZone: string, atMs: number): number =>
  DateTime.fromMillis(atMs, { zone: timeZone }).offset * 60_000

/** First instant with another offset than `fromMs`, given that `toMs` has another. */
function offsetChange(timeZone: string, fromMs: number, toMs: number): number {
  const before = offsetAt(timeZone, fromMs)
  let [low, high] = [fromMs, toMs]
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (offsetAt(timeZone, middle) === before) low = middle
    else high = middle
  }
  return high
}
