type Headers = Record<string, string | string[] | undefined>

const WINDOW_MS = 10_000
/** A day's quota that ran out is looked at again this often, rather than trusting a clock to the day's end. */
const REST_MS_MAX = 60_000

/**
 * How long a bucket rests after a 429: `Retry-After` (undocumented, seconds or a date), else the window that GHL names in
 * `X-RateLimit-Interval-Milliseconds`, else its documented 10 s. A day's quota that ran out rests longest.
 */
export function restMs(headers: Headers, nowMs: number): number {
  if (numberOf(headers['x-ratelimit-daily-remaining']) === 0) return REST_MS_MAX
  const rest = retryAfterMs(headers['retry-after'], nowMs) ?? numberOf(headers['x-ratelimit-interval-milliseconds'])
  return Math.min(Math.max(rest ?? WINDOW_MS, 100), REST_MS_MAX)
}

/** What an answer says is left of the bucket's window and day; null where it says nothing. */
export type LimitsLeft = { remaining: number | null; dailyRemaining: number | null }

export const limitsLeft = (headers: Headers): LimitsLeft => ({
  remaining: numberOf(headers['x-ratelimit-remaining']),
  dailyRemaining: numberOf(headers['x-ratelimit-daily-remaining']),
})

function retryAfterMs(value: string | string[] | undefined, nowMs: number): number | null {
  const seconds = numberOf(value)
  if (seconds !== null) return seconds * 1_000
  const at = typeof value === 'string' ? Date.parse(value) : Number.NaN
  return Number.isNaN(at) ? null : at - nowMs
}

function numberOf(value: string | string[] | undefined): number | null {
  if (typeof value !== 'string' || value.trim() === '') return null
  const number = Number(value)
  return Number.isFinite(number) && number >= 0 ? number : null
}
