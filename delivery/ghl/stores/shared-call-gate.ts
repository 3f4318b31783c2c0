import { setTimeout as delay } from 'node:timers/promises'
import type { Clock } from '../../../kernel/clock.ts'
import { createBucketViews } from './bucket-views.ts'
import { type CallGate, createCallGate, type LocalCallGate, noRoom, type Priority, REST_MS_MAX } from './call-gate.ts'
import type { SharedLimits, Taken } from './shared-limits.ts'
import { createWhileRedisAnswers } from './while-redis-answers.ts'

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

/** Without Redis each process keeps to a quarter: four of them are still within the limit, and leads go on. */
const SHARE_ALONE = 0.25
/** Others take calls too: what Redis said is good for so long when there was too little room. */
const TIGHT_VIEW_MS = 250

/**
 * The limits of all processes together: every call is counted in Redis before it goes out. `roomInMs` answers at once, by what
 * Redis last said, and asks again behind the caller's back. Redis away: each process by itself, slower, never refusing.
 */
export function createSharedCallGate(options: SharedCallGateOptions): CallGate {
  const { limits, callsMax, windowMs, waitMsMax, clock } = options
  const callsAlone = Math.max(1, Math.floor(callsMax * SHARE_ALONE))
  const alone = createCallGate({ callsMax: callsAlone, windowMs, waitMsMax: waitMsMax.fresh, clock })
  const redis = createWhileRedisAnswers(clock, options.onAway)
  const views = createBucketViews(clock, windowMs)
  const looking = new Map<string, Promise<unknown>>()

  const take = async (bucket: string, calls: number, priority: Priority): Promise<Taken | undefined> => {
    const taken = await redis.ask(() => limits.take(bucket, calls, priority))
    if (taken) views.note(bucket, taken)
    return taken
  }
  const lookLater = (bucket: string): void => {
    if (!looking.has(bucket)) {
      looking.set(
        bucket,
        take(bucket, 0, 'fresh').finally(() => looking.delete(bucket)),
      )
    }
  }

  return {
    roomInMs: (bucket, calls) => {
      const restMs = alone.restMs(bucket)
      if (restMs > 0) return restMs
      if (redis.isAway()) return alone.roomInMs(bucket, calls)
      const view = views.get(bucket)
      if (!view || view.leftInWindow >= Math.min(calls, callsMax)) return 0
      if (clock() >= view.atMs + TIGHT_VIEW_MS) lookLater(bucket)
      return Math.max(TIGHT_VIEW_MS, Math.min(view.freeAtMs - clock(), windowMs))
    },
    take: async (bucket, priority = 'fresh') => {
      for (;;) {
        const waitMs = alone.restMs(bucket) || waitAfter(alone, bucket, priority, await take(bucket, 1, priority))
        if (waitMs <= 0) return
        if (waitMs > waitMsMax[priority]) throw noRoom(waitMs)
        await delay(waitMs)
      }
    },
    rest: (bucket, ms) => {
      alone.rest(bucket, ms)
      void redis.ask(() => limits.adopt(bucket, { remaining: null, dailyRemaining: null, restMs: ms }))
    },
    answered: (bucket, said) => {
      if (views.isNews(bucket, said)) void redis.ask(() => limits.adopt(bucket, { ...said, restMs: 0 }))
    },
    resting: alone.resting,
    left: async (bucket) => {
      const taken = await take(bucket, 0, 'fresh')
      return taken ? { per10s: Math.max(taken.leftInWindow, 0), today: Math.max(taken.leftToday, 0) } : null
    },
    views: views.list,
  }
}

/** How long this call has to wait, 0: it is counted and may go. Without an answer of Redis the process decides by itself. */
function waitAfter(alone: LocalCallGate, bucket: string, priority: Priority, taken: Taken | undefined): number {
  const waitMs = taken ? taken.waitMs : alone.roomInMs(bucket, 1)
  if (waitMs <= 0) alone.count(bucket)
  // There is room and yet it waits: a rest that another process was told of, or the day is spent.
  else if (taken && priority === 'fresh' && taken.leftInWindow > 0) alone.rest(bucket, Math.min(waitMs, REST_MS_MAX))
  return waitMs
}
