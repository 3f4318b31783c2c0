import type { Clock } from '../../../kernel/clock.ts'
import type { LimitsLeft } from '../steps/rate-headers.ts'
import type { Budget } from './call-gate.ts'
import { OTHER_DAY_CALLS, type Taken } from './shared-limits.ts'

/** `freeAtMs`: when the window's oldest call leaves it. */
type View = { leftInWindow: number; leftToday: number; atMs: number; freeAtMs: number }

export type BucketViews = {
  note: (bucket: string, taken: Taken) => void
  /** Null when what was said is no longer worth anything. */
  get: (bucket: string) => View | null
  /** True when GHL's answer says something that Redis should know. */
  isNews: (bucket: string, said: LimitsLeft) => boolean
  list: () => (Budget & { bucket: string })[]
}

/** What Redis last said of each bucket: old at once when others take calls too, forgotten after a window. */
export function createBucketViews(clock: Clock, windowMs: number): BucketViews {
  const views = new Map<string, View>()
  const isOld = (view: View): boolean => clock() >= view.atMs + windowMs
  return {
    note: (bucket, { leftInWindow, leftToday, leavesInMs }) => {
      views.set(bucket, { leftInWindow, leftToday, atMs: clock(), freeAtMs: clock() + leavesInMs })
    },
    get: (bucket) => {
      const view = views.get(bucket)
      return view && !isOld(view) ? view : null
    },
    isNews: (bucket, said) => {
      const view = views.get(bucket)
      if (!view || !differs(said, view)) return false
      // At once also here, or all answers that are on their way would tell Redis the same.
      view.leftInWindow = Math.min(view.leftInWindow, said.remaining ?? view.leftInWindow)
      view.leftToday = said.dailyRemaining ?? view.leftToday
      return true
    },
    list: () => {
      for (const [bucket, view] of views) if (isOld(view)) views.delete(bucket)
      return [...views].map(([bucket, view]) => ({ bucket, per10s: view.leftInWindow, today: view.leftToday }))
    },
  }
}

/** GHL's day counts from its own hour, so more left is news as well, if it is much. */
function differs({ remaining, dailyRemaining }: LimitsLeft, view: View): boolean {
  if (remaining !== null && remaining < view.leftInWindow) return true
  if (dailyRemaining === null) return false
  return dailyRemaining < view.leftToday || dailyRemaining > view.leftToday + OTHER_DAY_CALLS
}
