import { setTimeout as delay } from 'node:timers/promises'
import type { Clock } from '../../../kernel/clock.ts'
import type { LimitsLeft } from '../steps/rate-headers.ts'
import { type CallGate, createCallGate, noRoom, type Priority, REST_MS_MAX } from './call-gate.ts'
import type { SharedLimits, Taken } from './shared-limits.ts'

export type SharedCallGateOptions = {
  limits: SharedLimits
  callsMax: number
  windowMs: number
  /** A call that would have to wait longer gives up its place instead. */
  waitMsMax: Record<Priority, number>
  clock: Clock
  /** Told once each time that Redis goes away. */
  onAway: (error: Error) => void
}

/** What Redis last said of a bucket, less what this process has taken since. */
type View = Pick<Taken, 'leftInWindow' | 'leftToday'> & { atMs: number; freeAtMs: number }

/** Without Redis each process keeps to a quarter: four of them are still within the limit, and leads go on. */
const SHARE_ALONE = 0.25
/** A Redis that failed is left alone so long, then one call asks; the others would all wait for its time-out. */
const AWAY_MS = 1_000
const PROBE_MS = 6_000
/** Others take calls too: what Redis said is good for so long when there was too little room. */
const TIGHT_VIEW_MS = 250

/**
 * The limits of all processes together: every call is counted in Redis before it goes out. `roomInMs` answers at once, by what
 * Redis last said, and asks again behind the caller's back. Redis away: each process by itself, slower, never refusing.
 */
export function createSharedCallGate(options: SharedCallGateOptions): CallGate {
  const { limits, windowMs, waitMsMax, clock } = options
  const callsAlone = Math.max(1, Math.floor(options.callsMax * SHARE_ALONE))
  const alone = createCallGate({ callsMax: callsAlone, windowMs, waitMsMax: waitMsMax.fresh, clock })
  const views = new Map<string, View>()
  const looking = new Set<string>()
  let isAway = false
  let awayUntilMs = 0

  /** Undefined: Redis is away. */
  const ask = async <T>(question: () => Promise<T>): Promise<T | undefined> => {
    if (clock() < awayUntilMs) return undefined
    if (isAway) awayUntilMs = clock() + PROBE_MS
    try {
      const answer = await question()
      isAway = false
      awayUntilMs = 0
      return answer
    } catch (error) {
      if (!isAway) options.onAway(error as Error)
      isAway = true
      awayUntilMs = clock() + AWAY_MS
      return undefined
    }
  }
  const note = (bucket: string, taken: Taken): void => {
    const { leftInWindow, leftToday, leavesInMs } = taken
    views.set(bucket, { leftInWindow, leftToday, atMs: clock(), freeAtMs: clock() + leavesInMs })
  }
  const look = async (bucket: string): Promise<Taken | undefined> => {
    const taken = await ask(() => limits.take(bucket, 0, 'fresh'))
    if (taken) note(bucket, taken)
    return taken
  }
  const lookLater = (bucket: string): void => {
    if (looking.has(bucket)) return
    looking.add(bucket)
    void look(bucket).finally(() => looking.delete(bucket))
  }
  const takeOnce = async (bucket: string, priority: Priority): Promise<number> => {
    const taken = await ask(() => limits.take(bucket, 1, priority))
    if (!taken) return takeAlone(alone, bucket)
    note(bucket, taken)
    if (taken.waitMs <= 0) alone.count(bucket)
    // There is room and yet it waits: a rest that another process was told of, or the day is spent.
    else if (priority === 'fresh' && taken.leftInWindow > 0) alone.rest(bucket, Math.min(taken.waitMs, REST_MS_MAX))
    return taken.waitMs
  }

  return {
    roomInMs: (bucket, calls) => {
      const restMs = alone.restMs(bucket)
      if (restMs > 0) return restMs
      if (isAway) return alone.roomInMs(bucket, calls)
      const view = views.get(bucket)
      if (!view || clock() >= view.atMs + windowMs) return 0
      if (view.leftInWindow >= Math.min(calls, options.callsMax)) return 0
      if (clock() >= view.atMs + TIGHT_VIEW_MS) lookLater(bucket)
      return Math.max(TIGHT_VIEW_MS, Math.min(view.freeAtMs - clock(), windowMs))
    },
    take: async (bucket, priority = 'fresh') => {
      for (;;) {
        const waitMs = Math.max(alone.restMs(bucket), 0) || (await takeOnce(bucket, priority))
        if (waitMs <= 0) return
        if (waitMs > waitMsMax[priority]) throw noRoom(waitMs)
        await delay(waitMs)
      }
    },
    rest: (bucket, ms) => {
      alone.rest(bucket, ms)
      void ask(() => limits.adopt(bucket, { remaining: null, dailyRemaining: null, restMs: ms }))
    },
    answered: (bucket, said) => {
      const view = views.get(bucket)
      if (!view || !differs(said, view)) return
      // At once also here, or all answers that are on their way would tell Redis the same.
      view.leftInWindow = Math.min(view.leftInWindow, said.remaining ?? view.leftInWindow)
      view.leftToday = said.dailyRemaining ?? view.leftToday
      void ask(() => limits.adopt(bucket, { ...said, restMs: 0 }))
    },
    resting: alone.resting,
    left: async (bucket) => {
      const taken = await look(bucket)
      return taken ? { per10s: Math.max(taken.leftInWindow, 0), today: Math.max(taken.leftToday, 0) } : null
    },
    views: () => {
      const budgets = []
      for (const [bucket, { atMs, leftInWindow, leftToday }] of views) {
        if (clock() < atMs + windowMs) budgets.push({ bucket, per10s: leftInWindow, today: leftToday })
        else views.delete(bucket)
      }
      return budgets
    },
  }
}

function takeAlone(alone: CallGate & { count: (bucket: string) => void }, bucket: string): number {
  const waitMs = alone.roomInMs(bucket, 1)
  if (waitMs <= 0) alone.count(bucket)
  return waitMs
}

/** GHL's day counts from its own hour, so more left is news as well, if it is much. */
function differs({ remaining, dailyRemaining }: LimitsLeft, view: View): boolean {
  if (remaining !== null && remaining < view.leftInWindow) return true
  if (dailyRemaining === null) return false
  return dailyRemaining < view.leftToday || dailyRemaining > view.leftToday + 1_000
}
