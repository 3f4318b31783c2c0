import { DateTime } from 'luxon'
import type { NoticeChannel } from '../../../contracts/notice.ts'
import { quietEnd } from './quiet-end.ts'

type When = Pick<NoticeChannel, 'digestMinutes' | 'quietHours' | 'timeZone'>

/** When something that happens now may be told: at the end of the digest's window, and never in quiet hours. */
export function dueAt(nowMs: number, channel: When): { dueAtMs: number; waits: boolean } {
  const { digestMinutes, quietHours, timeZone } = channel
  const plainMs = digestMinutes === null ? nowMs : windowEnd(nowMs, digestMinutes, timeZone)
  const dueAtMs = (quietHours && quietEnd(plainMs, quietHours, timeZone)) ?? plainMs
  return { dueAtMs, waits: dueAtMs > nowMs }
}

/** Windows are counted from local midnight, so that a daily digest leaves at the turn of the channel's own day. */
function windowEnd(nowMs: number, minutes: number, timeZone: string): number {
  const now = DateTime.fromMillis(nowMs, { zone: timeZone })
  const midnightMs = now.startOf('day').toMillis()
  const windowMs = minutes * 60_000
  const endMs = midnightMs + (Math.floor((nowMs - midnightMs) / windowMs) + 1) * windowMs
  return Math.min(endMs, now.startOf('day').plus({ days: 1 }).toMillis())
}
