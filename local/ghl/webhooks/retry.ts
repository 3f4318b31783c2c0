/** The first try and the 12 repeats of GHL's guide. */
export const triesMax = 13

const FIRST_MS = 10_000
const LAST_MS = 3_600_000
/** However fast the clock is turned, 13 tries take two and a half minutes: a gateway may restart meanwhile. */
const SCALE_MIN = 0.01

/** Delay after the n-th try, n from 1: doubles from 10 s to an hour, shrunk by the time scale. */
export const backOffMs = (tries: number, timeScale: number): number =>
  Math.min(FIRST_MS * 2 ** (tries - 1), LAST_MS) * Math.max(timeScale, SCALE_MIN)

/** Seconds or an HTTP date; anything else is no wish. */
export function retryAfterMs(header: string | string[] | undefined, nowMs = Date.now()): number {
  if (typeof header !== 'string') return 0
  const ms = /^\d+$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - nowMs
  return Number.isFinite(ms) ? Math.min(Math.max(ms, 0), LAST_MS) : 0
}
