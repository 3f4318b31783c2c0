const EARLIEST_MS = Date.UTC(2000, 0, 1)
/** Emission times run at most this far ahead of our clock before they are not believed. */
export const clockSkewMsMax = 10 * 60_000

/** Milliseconds since the epoch of an ISO text, or of a number of seconds or milliseconds; null when not believable. */
export function readTime(value: unknown, nowMs: number): number | null {
  const ms = typeof value === 'string' ? Date.parse(value) : typeof value === 'number' ? scaled(value) : Number.NaN
  return ms >= EARLIEST_MS && ms <= nowMs + clockSkewMsMax ? ms : null
}

const scaled = (value: number): number => Math.trunc(value < 1e11 ? value * 1_000 : value)
