import { DateTime } from 'luxon'
import type { NoticeChannel } from '../../../contracts/notice.ts'

export type QuietHours = NonNullable<NoticeChannel['quietHours']>

/**
 * When the quiet hours end that the instant lies in; null when it lies in none. They are read off the wall clock of the
 * zone: an hour that the clock goes through twice is quiet twice, and an end that the clock skips is the moment of the skip.
 */
export function quietEnd(atMs: number, quietHours: QuietHours, timeZone: string): number | null {
  const { from, to } = quietHours
  const at = DateTime.fromMillis(atMs, { zone: timeZone })
  const [fromMinute, toMinute] = [minuteOf(from), minuteOf(to)]
  if (!at.isValid || fromMinute === toMinute) return null
  const minute = wallMinute(at)
  const passesMidnight = fromMinute > toMinute
  const isQuiet = passesMidnight ? minute >= fromMinute || minute < toMinute : minute >= fromMinute && minute < toMinute
  if (!isQuiet) return null
  const lastDay = minute < toMinute ? at : at.plus({ days: 1 })
  const endMs = firstInstant(lastDay, toMinute, atMs)
  // Where the clock skips all that is not quiet, they last another day.
  return quietEnd(endMs, quietHours, timeZone) ?? endMs
}

/** The first instant after `afterMs` at which the clock of that day shows the minute, or has skipped it. */
function firstInstant(day: DateTime, minute: number, afterMs: number): number {
  const { year, month, day: date } = day
  const time = { year, month, day: date, hour: Math.floor(minute / 60), minute: minute % 60 }
  const wished = DateTime.fromObject(time, { zone: day.zoneName ?? 'utc' })
  if (wallMinute(wished) !== minute) return skipBefore(wished)
  const times = wished.getPossibleOffsets().map((possible) => possible.toMillis())
  return Math.min(...times.filter((ms) => ms > afterMs))
}

/** When the clock was put forward, in the few hours before. */
function skipBefore(after: DateTime): number {
  let [earlier, later] = [after.minus({ hours: 4 }).toMillis(), after.toMillis()]
  while (later - earlier > 1) {
    const middle = Math.floor((earlier + later) / 2)
    if (after.zone.offset(middle) === after.offset) later = middle
    else earlier = middle
  }
  return later
}

const wallMinute = (time: DateTime): number => time.hour * 60 + time.minute

function minuteOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number)
  return hours * 60 + minutes
}
