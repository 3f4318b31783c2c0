import { IANAZone } from 'luxon'

/** Instants during which a zone keeps one offset from UTC. */
export type OffsetStretch = { fromMs: number; toMs: number; offsetMs: number }

/** No zone has changed its clock twice within so little time. */
const STEP_MS = 24 * 3_600_000

/**
 * Cuts [fromMs, toMs) where the zone's clock is moved; usually one piece.
 * @throws RangeError when the zone is no IANA zone.
 */
export function offsetStretches(timeZone: string, fromMs: number, toMs: number): OffsetStretch[] {
  const zone = IANAZone.create(timeZone)
  if (!zone.isValid) throw new RangeError(`unknown time zone ${timeZone}`)
  const offsetAt = (ms: number): number => zone.offset(ms) * 60_000
  const stretches: OffsetStretch[] = []
  let current: OffsetStretch = { fromMs, toMs, offsetMs: offsetAt(fromMs) }
  for (let low = fromMs; low < toMs; low += STEP_MS) {
    const high = Math.min(low + STEP_MS, toMs)
    const offsetMs = offsetAt(high)
    if (offsetMs === current.offsetMs) continue
    const changeMs = firstWithOffset(offsetAt, low, high, offsetMs)
    if (changeMs >= toMs) break
    stretches.push({ ...current, toMs: changeMs })
    current = { fromMs: changeMs, toMs, offsetMs }
  }
  return [...stretches, current]
}

/** By halves: the first instant in (low, high] that has the new offset. */
function firstWithOffset(offsetAt: (ms: number) => number, low: number, high: number, offsetMs: number): number {
  let before = low
  let after = high
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2)
    if (offsetAt(middle) === offsetMs) after = middle
    else before = middle
  }
  return after
}
