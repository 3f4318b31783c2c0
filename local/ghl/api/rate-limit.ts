export type Allowance = { allowed: boolean; headers: Record<string, string> }
export type RateLimit = (bucket: string) => Allowance

const INTERVAL_MS = 10_000
const DAY_MS = 86_400_000

type Bucket = { windowStartMs: number; used: number; dayStartMs: number; usedToday: number }

/** GHL's limit per app and sub-account or company: `burstMax` calls in 10 s, `dailyMax` in a day, fixed windows. */
export function createRateLimit(burstMax: number, dailyMax: number, now: () => number): RateLimit {
  const buckets = new Map<string, Bucket>()
  return (key) => {
    const nowMs = now()
    const bucket = buckets.get(key) ?? { windowStartMs: nowMs, used: 0, dayStartMs: nowMs, usedToday: 0 }
    buckets.set(key, bucket)
    if (nowMs - bucket.windowStartMs >= INTERVAL_MS) Object.assign(bucket, { windowStartMs: nowMs, used: 0 })
    if (nowMs - bucket.dayStartMs >= DAY_MS) Object.assign(bucket, { dayStartMs: nowMs, usedToday: 0 })
    const allowed = bucket.used < burstMax && bucket.usedToday < dailyMax
    if (allowed) {
      bucket.used += 1
      bucket.usedToday += 1
    }
    return {
      allowed,
      headers: {
        'x-ratelimit-max': String(burstMax),
        'x-ratelimit-remaining': String(burstMax - bucket.used),
        'x-ratelimit-interval-milliseconds': String(INTERVAL_MS),
        'x-ratelimit-limit-daily': String(dailyMax),
        'x-ratelimit-daily-remaining': String(dailyMax - bucket.usedToday),
      },
    }
  }
}
