import type { Cap } from '../../contracts/ruleset.ts'
import type { DayWindows } from './day-window.ts'

/** One counter that a lead at this location would take a place in. */
export type Counter = {
  key: string
  limit: number | null
  /** Milliseconds since the epoch when the counter may be forgotten; null = never. */
  expiresAtMs: number | null
  label: string
}

/** A day's counter outlives its day, so that a late release still finds it. */
const KEPT_AFTER_END_MS = 3 * 86_400_000

/** All keys of a tenant share one hash tag and so one slot of a Redis Cluster. */
export const tenantPrefix = (tenant: string): string => `hx:{${tenant}}`

/** A window's key is its start instant: a new day is a new key and no job has to reset anything. */
export function countersOf(
  tenant: string,
  location: { id: string; timeZone: string },
  caps: readonly Cap[],
  nowMs: number,
  dayWindows: DayWindows,
): Counter[] {
  return caps.map((cap) => {
    const base = `${tenantPrefix(tenant)}:cap:${location.id}:${cap.metric}:${cap.window}`
    if (cap.window === 'concurrent') return { key: base, limit: cap.limit, expiresAtMs: null, label: 'concurrent' }
    const { startMs, endMs } = dayWindows(location.timeZone, nowMs)
    return { key: `${base}:${startMs}`, limit: cap.limit, expiresAtMs: endMs + KEPT_AFTER_END_MS, label: 'day' }
  })
}

/** Which of a reservation's keys are given back when its lead is closed. */
export const isConcurrentKey = (key: string): boolean => key.endsWith(':concurrent')
