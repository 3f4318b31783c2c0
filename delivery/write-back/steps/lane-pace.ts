/** How fast a lane that is full works, and when what it gave back comes again. */
export type Pace = { fullSinceMs: number | null; starts: number; nextReturnMs: number }

export const newPace = (): Pace => ({ fullSinceMs: null, starts: 0, nextReturnMs: 0 })

/** A lane's queue holds it for some seconds, so that nothing needs to be back sooner. */
const RETURN_MS_MIN = 1_000
const RETURN_MS_MAX = 600_000
/** Until the pace is known. */
const ITEM_MS = 50
/** Back a little sooner than its turn: a lane that waits for work wastes the limit. */
const EARLY = 0.7

/** An item of the lane was started; `isMore`: others wait behind it. */
export function started(pace: Pace, isMore: boolean, nowMs: number): void {
  if (!isMore) Object.assign(pace, newPace())
  else {
    pace.fullSinceMs ??= nowMs
    pace.starts += 1
  }
}

/**
 * For one more that does not fit in: about when its turn comes, each after the other. All at the same instant would stand
 * before everybody else's leads in the stream, again and again until the burst is over.
 */
export function returnInMs(pace: Pace, nowMs: number): number {
  const perItemMs = pace.starts > 1 ? (nowMs - (pace.fullSinceMs ?? nowMs)) / (pace.starts - 1) : ITEM_MS
  const atMs = Math.max(nowMs + RETURN_MS_MIN, pace.nextReturnMs)
  pace.nextReturnMs = atMs + perItemMs * EARLY
  return Math.min(atMs - nowMs, RETURN_MS_MAX)
}
