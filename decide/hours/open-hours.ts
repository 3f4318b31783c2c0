import { type Calendar, type Weekday, weekdays } from '../../contracts/ruleset.ts'
import { offsetStretches } from './offset-stretches.ts'

/** Open stretch of instants, milliseconds since the epoch; `endMs` is the first closed one. */
export type OpenSpan = { startMs: number; endMs: number }

/** Minutes after local midnight, end excluded; more than 1,440 is on the next day. */
type WallSpan = readonly [start: number, end: number]

/** A calendar made ready to be asked. Holds no zone: one calendar serves locations in many. */
export type Hours = {
  /** Position in `weekdays` -> spans that begin on this day. */
  weekly: readonly (readonly WallSpan[])[]
  /** Local date -> spans instead of the weekday's. */
  holidays: ReadonlyMap<string, readonly WallSpan[]>
  /** Zone -> UTC day -> open spans: a memory of what was computed, which changes no answer. */
  known: Map<string, Map<number, readonly OpenSpan[]>>
}

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000
const DAY_MINUTES = 1_440
/** What does not open within these days is said never to open. */
export const HORIZON_DAYS = 400
/** More than one walk to the horizon, so that a calendar which never opens is walked from memory. */
const KNOWN_DAYS_MAX = HORIZON_DAYS + 100

export function compileHours(calendar: Calendar): Hours {
  return {
    weekly: weekdays.map((day: Weekday) => (calendar.weekly[day] ?? []).map(toWallSpan)),
    holidays: new Map((calendar.holidays ?? []).map(({ date, hours }) => [date, (hours ?? []).map(toWallSpan)])),
    known: new Map(),
  }
}

/**
 * Open is every instant at which the wall clock shows a time inside a span. So an hour that daylight saving skips shrinks
 * the span, and an hour that it repeats is open both times.
 * @throws RangeError when the zone is no IANA zone.
 */
export function isOpen(hours: Hours, timeZone: string, atMs: number): boolean {
  for (const { startMs, endMs } of openSpansOfUtcDay(hours, timeZone, Math.floor(atMs / DAY_MS))) {
    if (atMs >= startMs && atMs < endMs) return true
  }
  return false
}

/** The first open instant at or after `atMs`; null when there is none within 400 days. */
export function nextOpening(hours: Hours, timeZone: string, atMs: number): number | null {
  const first = Math.floor(atMs / DAY_MS)
  for (let day = first; day <= first + HORIZON_DAYS; day += 1) {
    for (const { startMs, endMs } of openSpansOfUtcDay(hours, timeZone, day)) {
      if (endMs > atMs) return Math.max(startMs, atMs)
    }
  }
  return null
}

/**
 * What is open of the UTC day that begins at `day` * 24 h, in order. UTC days cut time into equal pieces whatever the zone
 * does, so nothing is counted twice at a local midnight that happens twice or never.
 */
export function openSpansOfUtcDay(hours: Hours, timeZone: string, day: number): readonly OpenSpan[] {
  let days = hours.known.get(timeZone)
  if (!days) {
    days = new Map()
    hours.known.set(timeZone, days)
  }
  const known = days.get(day)
  if (known) return known
  if (days.size >= KNOWN_DAYS_MAX) days.clear()
  const spans = computeSpans(hours, timeZone, day)
  days.set(day, spans)
  return spans
}

function computeSpans(hours: Hours, timeZone: string, day: number): OpenSpan[] {
  const spans: OpenSpan[] = []
  for (const { fromMs, toMs, offsetMs } of offsetStretches(timeZone, day * DAY_MS, (day + 1) * DAY_MS)) {
    const lastDate = Math.floor((toMs + offsetMs - 1) / DAY_MS)
    for (let date = Math.floor((fromMs + offsetMs) / DAY_MS); date <= lastDate; date += 1) {
      for (const [start, end] of wallSpansOn(hours, date)) {
        const startMs = Math.max(fromMs, date * DAY_MS + start * MINUTE_MS - offsetMs)
        const endMs = Math.min(toMs, date * DAY_MS + end * MINUTE_MS - offsetMs)
        if (startMs < endMs) spans.push({ startMs, endMs })
      }
    }
  }
  return spans
}

/** What is open between the midnights of a local date (days since 1970-01-01): its own spans and the day before's tails. */
function wallSpansOn(hours: Hours, date: number): WallSpan[] {
  const own = spansBeginningOn(hours, date).map(([start, end]): WallSpan => [start, Math.min(end, DAY_MINUTES)])
  const tails = spansBeginningOn(hours, date - 1)
    .filter(([, end]) => end > DAY_MINUTES)
    .map(([, end]): WallSpan => [0, end - DAY_MINUTES])
  return merge([...tails, ...own])
}

function spansBeginningOn({ weekly, holidays }: Hours, date: number): readonly WallSpan[] {
  if (holidays.size > 0) {
    const holiday = holidays.get(new Date(date * DAY_MS).toISOString().slice(0, 10))
    if (holiday) return holiday
  }
  // 1970-01-01 was a Thursday, the fourth of `weekdays`.
  return weekly[(((date + 3) % 7) + 7) % 7]!
}

/** Overlapping spans become one, so that no minute counts twice. */
function merge(spans: readonly WallSpan[]): WallSpan[] {
  const merged: [number, number][] = []
  for (const [start, end] of [...spans].sort((a, b) => a[0] - b[0])) {
    const last = merged.at(-1)
    if (last && start <= last[1]) last[1] = Math.max(last[1], end)
    else merged.push([start, end])
  }
  return merged
}

/** `22:00-06:00` ends on the next day; `09:00-09:00` lasts 24 hours. */
function toWallSpan(text: string): WallSpan {
  const [start, end] = text.split('-').map((time) => {
    const [hour, minute] = time.split(':').map(Number)
    return hour! * 60 + minute!
  })
  return [start!, end! > start! ? end! : end! + DAY_MINUTES]
}
