/** All keys of a tenant share one hash tag and so one slot of a Redis Cluster. */
export const tenantPrefix = (tenant: string): string => `hx:{${tenant}}`

export const placeName = (locationId: string, userId: string | null): string =>
  userId === null ? locationId : `${locationId}/${userId}`

/** What one place may still be entitled to, in millionths of a lead: credits of its share less what it received. */
export const rotationKey = (tenant: string, locationId: string, userId: string | null, windowStartMs: number): string =>
  `${tenantPrefix(tenant)}:due:${placeName(locationId, userId)}:${windowStartMs}`

/** Regular expressions that JavaScript and Postgres read alike: the fold over the reservations asks them too. */
export const CONCURRENT_PATTERN = ':(leads|points|value):concurrent(:[^:]*)?$'
/** `total` and `concurrent` have no start: `…:leads:total`, `…:leads:concurrent:source=ads`. */
export const ENDLESS_PATTERN = ':(leads|points|value):(total|concurrent)(:[^:]*)?$'
const CONCURRENT = new RegExp(CONCURRENT_PATTERN)
const ENDLESS = new RegExp(ENDLESS_PATTERN)

/** Which of a reservation's keys are given back when its lead is closed. */
export const isConcurrentKey = (key: string): boolean => CONCURRENT.test(key)
const isEndlessKey = (key: string): boolean => ENDLESS.test(key)
/** Only balances of a rotation may go below zero. */
export const isRotationKey = (key: string): boolean => key.includes('}:due:')

const DAY_MS = 86_400_000
/** A counter outlives its window, so that a late release still finds it. */
export const KEPT_AFTER_END_MS = 3 * DAY_MS
/** Longer than any window of a rotation. */
export const ROTATION_KEPT_MS = 35 * DAY_MS

/** No window of the kind is shorter. */
const lengthMsMin: Record<string, number> = { hour: 0, day: 0.9 * DAY_MS, week: 6.9 * DAY_MS, month: 27.9 * DAY_MS }
/** No window of the kind is longer. */
const lengthMsMax: Record<string, number> = {
  hour: DAY_MS / 24,
  day: 1.1 * DAY_MS,
  week: 7.1 * DAY_MS,
  month: 31.1 * DAY_MS,
}

/**
 * Between which instants a counter expires, from its key alone: the zone of long ago is not known any more when counters
 * are folded again. null = never.
 */
export function expiryOfKey(key: string): { earliestMs: number; latestMs: number } | null {
  if (isEndlessKey(key)) return null
  const startMs = Number(key.slice(key.lastIndexOf(':') + 1))
  if (isRotationKey(key)) return { earliestMs: startMs + ROTATION_KEPT_MS, latestMs: startMs + ROTATION_KEPT_MS }
  const kind = key.split(':')[5] ?? ''
  const rollingDays = Number(/^rolling(\d+)$/.exec(kind)?.[1] ?? 0)
  const [min, max] =
    rollingDays > 0
      ? [(rollingDays - 0.1) * DAY_MS, (rollingDays + 0.1) * DAY_MS]
      : [lengthMsMin[kind] ?? 0, lengthMsMax[kind] ?? lengthMsMax.month!]
  return { earliestMs: startMs + min + KEPT_AFTER_END_MS, latestMs: startMs + max + KEPT_AFTER_END_MS }
}
