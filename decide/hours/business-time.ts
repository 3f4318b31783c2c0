import { HORIZON_DAYS, type Hours, openSpansOfUtcDay } from './open-hours.ts'

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000

/**
 * The instant at which so many open minutes have passed since `fromMs`; without hours every minute is open. A calendar that
 * does not open so long within 400 days gives the end of those days: a clock that never rings would lose its lead.
 */
export function addBusinessMinutes(hours: Hours | null, timeZone: string, fromMs: number, minutes: number): number {
  let leftMs = minutes * MINUTE_MS
  if (hours === null || leftMs <= 0) return fromMs + Math.max(0, leftMs)
  const first = Math.floor(fromMs / DAY_MS)
  for (let day = first; day <= first + HORIZON_DAYS; day += 1) {
    for (const { startMs, endMs } of openSpansOfUtcDay(hours, timeZone, day)) {
      const beginMs = Math.max(startMs, fromMs)
      if (endMs <= beginMs) continue
      if (endMs - beginMs >= leftMs) return beginMs + leftMs
      leftMs -= endMs - beginMs
    }
  }
  return fromMs + HORIZON_DAYS * DAY_MS
}

/** Open minutes in [fromMs, toMs), fractions included; 0 when `toMs` is not later. */
export function businessMinutesBetween(hours: Hours | null, timeZone: string, fromMs: number, toMs: number): number {
  if (toMs <= fromMs) return 0
  if (hours === null) return (toMs - fromMs) / MINUTE_MS
  let openMs = 0
  for (let day = Math.floor(fromMs / DAY_MS); day * DAY_MS < toMs; day += 1) {
    for (const { startMs, endMs } of openSpansOfUtcDay(hours, timeZone, day)) {
      openMs += Math.max(0, Math.min(endMs, toMs) - Math.max(startMs, fromMs))
    }
  }
  return openMs / MINUTE_MS
}
