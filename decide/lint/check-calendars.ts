import type { Calendar } from '../../contracts/ruleset.ts'
import { compileHours, nextOpening } from '../hours/open-hours.ts'
import { type Draft, type Finding, fewOf, finding } from './finding.ts'

const SPAN = /^([01]\d|2[0-3]):[0-5]\d-(([01]\d|2[0-3]):[0-5]\d|24:00)$/
/** West of every zone: a holiday is over when it is over everywhere. */
const LAST_ZONE_MS = 12 * 3_600_000

/** Spans that cannot be meant, holidays that are all over, calendars that never open. */
export function checkCalendars({ document: { calendars = [] }, nowMs }: Draft): Finding[] {
  return calendars.flatMap((calendar, i) => {
    const badSpans = checkSpans(calendar, `/calendars/${i}`)
    return [
      ...badSpans,
      ...expiredHolidays(calendar, `/calendars/${i}`, nowMs),
      ...(badSpans.length === 0 ? neverOpen(calendar, `/calendars/${i}`, nowMs) : []),
    ]
  })
}

function checkSpans({ weekly, holidays = [] }: Calendar, path: string): Finding[] {
  const days = [
    ...Object.entries(weekly).map(([day, spans]) => ({ path: `${path}/weekly/${day}`, spans })),
    ...holidays.map(({ hours }, i) => ({ path: `${path}/holidays/${i}/hours`, spans: hours })),
  ]
  return days.flatMap(({ path, spans = [] }) => {
    const malformed = spans.filter((span) => !SPAN.test(span))
    if (malformed.length > 0) {
      return [finding('BAD_SPAN', path, `${fewOf(malformed)} is no span of hours`, 'write 09:00-17:30')]
    }
    const sorted = [...spans].sort()
    const overlap = sorted.find((span, i) => i > 0 && startOf(span) < endOf(sorted[i - 1]!))
    if (overlap === undefined) return []
    return [finding('BAD_SPAN', path, `${overlap} overlaps the span before it`, 'make one span of the two')]
  })
}

const startOf = (span: string): string => span.slice(0, 5)
/** A span over midnight overlaps all that begins later on its day. */
const endOf = (span: string): string => (span.slice(6) > startOf(span) ? span.slice(6) : '24:00')

function expiredHolidays({ id, holidays = [] }: Calendar, path: string, nowMs: number): Finding[] {
  const today = new Date(nowMs - LAST_ZONE_MS).toISOString().slice(0, 10)
  const dates = holidays.map(({ date }) => date).sort()
  const last = dates.at(-1)
  if (last === undefined || last >= today) return []
  const message = `the last holiday of calendar ${id} was ${last}`
  return [finding('EXPIRED_HOLIDAYS', `${path}/holidays`, message, 'add the coming holidays, or take the list out')]
}

function neverOpen(calendar: Calendar, path: string, nowMs: number): Finding[] {
  if (nextOpening(compileHours(calendar), 'UTC', nowMs) !== null) return []
  return [finding('NEVER_OPEN', path, `calendar ${calendar.id} does not open within 400 days`, 'give it hours')]
}
