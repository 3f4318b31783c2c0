export type WindowOptions = {
  /** How much of what was compared before is looked at again: GHL's index may have been late with it. */
  overlapMs: number
  /** What is younger is left alone: its webhook may be on the way, and GHL's search lags. */
  lagMs: number
}
export type SearchWindow = { fromMs: number; toMs: number }

/** Which stretch of time to look at, after `seenUntilMs` was compared; null when nothing of it is old enough. */
export function searchWindow(seenUntilMs: number, nowMs: number, options: WindowOptions): SearchWindow | null {
  const fromMs = seenUntilMs - options.overlapMs
  const toMs = nowMs - options.lagMs
  return toMs > fromMs ? { fromMs, toMs } : null
}
