import type { Cap } from '../../contracts/ruleset.ts'
import type { Counter } from './counter.ts'
import { KEPT_AFTER_END_MS, placeName, ROTATION_KEPT_MS, rotationKey, tenantPrefix } from './counter-keys.ts'
import type { WeekStart, Windows } from './windows.ts'

export type CounterContext = { tenant: string; weekStartsOn: WeekStart; windows: Windows }
/** A location, or one of its users, with the caps of exactly that place. */
export type CappedPlace = { locationId: string; userId: string | null; timeZone: string; caps: readonly Cap[] }
/** What one lead counts: 1 in `leads`, integers in the others. */
export type Worth = { source: string | null; service: string | null; points: number; value: number }

/**
 * The counters in which a lead takes places at a location or user. Two caps on one counter are two entries with one key,
 * which a reservation raises once. A scoped cap counts, and limits, only leads that it describes.
 */
export function countersOf(context: CounterContext, place: CappedPlace, worth: Worth, nowMs: number): Counter[] {
  const counters: Counter[] = []
  for (const cap of place.caps) {
    if (isInScope(cap, worth)) counters.push(counterOf(context, place, cap, amountOf(cap, worth), nowMs))
  }
  return counters
}

/**
 * Moves a rotation's balance: the chosen one is debited 1,000,000 millionths of a lead, everybody present is credited his
 * share of them. Never refuses.
 */
export function rotationCounter(
  tenant: string,
  locationId: string,
  userId: string | null,
  windowStartMs: number,
  amount: number,
): Counter {
  return {
    key: rotationKey(tenant, locationId, userId, windowStartMs),
    alsoKeys: [],
    amount,
    limit: null,
    hard: false,
    expiresAtMs: windowStartMs + ROTATION_KEPT_MS,
    label: 'rotation',
  }
}

export const amountOf = ({ metric }: Cap, worth: Worth): number => (metric === 'leads' ? 1 : worth[metric])

export function isInScope({ scope }: Cap, { source, service }: Worth): boolean {
  if (scope?.source !== undefined && scope.source.toLowerCase() !== source?.toLowerCase()) return false
  return scope?.service === undefined || scope.service === service
}

const none: readonly string[] = []

export function counterOf(
  context: CounterContext,
  place: CappedPlace,
  cap: Cap,
  amount: number,
  nowMs: number,
): Counter {
  const { windows, weekStartsOn } = context
  const window = typeof cap.window === 'string' ? cap.window : `rolling${cap.window.rollingDays}`
  const base = `${tenantPrefix(context.tenant)}:cap:${placeName(place.locationId, place.userId)}:${cap.metric}:${window}${scopeText(cap)}`
  const counter: Counter = {
    key: base,
    alsoKeys: none,
    amount,
    limit: cap.limit,
    hard: cap.hard ?? true,
    expiresAtMs: null,
    label: labelOf(cap),
  }
  if (cap.window === 'total' || cap.window === 'concurrent') return counter
  if (typeof cap.window === 'string') {
    const { startMs, endMs } = windows.at(cap.window, place.timeZone, nowMs, weekStartsOn)
    return { ...counter, key: `${base}:${startMs}`, expiresAtMs: endMs + KEPT_AFTER_END_MS }
  }
  const { startMs } = windows.at('day', place.timeZone, nowMs)
  const { rollingDays } = cap.window
  const earlier = windows.earlierDays(place.timeZone, nowMs, rollingDays - 1)
  return {
    ...counter,
    key: `${base}:${startMs}`,
    alsoKeys: earlier.map((dayStartMs) => `${base}:${dayStartMs}`),
    expiresAtMs: startMs + rollingDays * 86_400_000 + KEPT_AFTER_END_MS,
  }
}

/** Free text of a form may hold anything; a key must keep its colons to itself. */
function scopeText({ scope }: Cap): string {
  const parts: string[] = []
  if (scope?.source !== undefined) parts.push(`source=${encodeURIComponent(scope.source.toWellFormed().toLowerCase())}`)
  if (scope?.service !== undefined) parts.push(`service=${scope.service}`)
  return parts.length > 0 ? `:${parts.join(',')}` : ''
}

function labelOf({ metric, window, scope }: Cap): string {
  const time = typeof window === 'string' ? window : `${window.rollingDays} days`
  const scoped = [scope?.source, scope?.service].filter((part) => part !== undefined)
  return [...(metric === 'leads' ? [] : [metric]), time, ...(scoped.length > 0 ? [`(${scoped.join(', ')})`] : [])].join(
    ' ',
  )
}
