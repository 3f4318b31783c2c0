/** When a lane that is full takes back what it gave to the stream. */
export type Pace = { nextReturnMs: number }

/** A lane's queue holds it for some seconds, so that nothing needs to be back sooner. */
const RETURN_MS_MIN = 1_000
const RETURN_MS_MAX = 600_000
/** Back sooner than its turn: a lane that waits for work wastes the limit, one that gives it back once more does not. */
const EARLY = 0.7

/**
 * For one more that does not fit in: about when its turn comes, each after the other. All at the same instant would stand
 * before everybody else's leads in the stream, again and again until the burst is over.
 * @param itemMs what the limit lets one item take
 */
export function returnInMs(pace: Pace, itemMs: number, nowMs: number): number {
  const atMs = Math.max(nowMs + RETURN_MS_MIN, pace.nextReturnMs)
  pace.nextReturnMs = atMs + itemMs * EARLY
  return Math.min(atMs - nowMs, RETURN_MS_MAX)
}
