import type { Clock } from '../../../kernel/clock.ts'
import { GhlFault } from '../steps/ghl-fault.ts'
import type { LimitsLeft } from '../steps/rate-headers.ts'

export type CallGateOptions = {
  /** Calls per window and bucket. GHL allows 100; the rest is room for clock and network differences. */
  callsMax: number
  windowMs: number
  /** A call that would have to wait longer gives up its place instead. */
  waitMsMax: number
  clock: Clock
}

/** `bulk`: work that nobody waits for, as comparing with GHL. */
export type Priority = 'fresh' | 'bulk'

export type Budget = { per10s: number; today: number }

export type CallGate = {
  /** Milliseconds until so many calls may fit into the bucket; 0 when they should now. */
  roomInMs: (bucket: string, calls: number) => number
  /** Counts one call, waiting for its turn. @throws GhlFault 429 when the turn is too far off. */
  take: (bucket: string, priority?: Priority) => Promise<void>
  /** No call of this bucket for so long. */
  rest: (bucket: string, ms: number) => void
  /** What GHL's answer says is left. */
  answered: (bucket: string, said: LimitsLeft) => void
  /** Buckets that rest now. */
  resting: () => number
  /** What is left of a bucket; null when nobody can tell. */
  left: (bucket: string) => Promise<Budget | null>
  /** What is left of the buckets that were used just now. */
  views: () => (Budget & { bucket: string })[]
}

/** `count`: a call that somebody else let through. */
export type LocalCallGate = CallGate & { count: (bucket: string) => void; restMs: (bucket: string) => number }

/**
 * GHL's limit per sub-account and per company, kept in this process as a rolling window: in no stretch of `windowMs` are
 * more than `callsMax` calls sent, whatever window GHL counts by. It knows nothing of other processes, nor of the day.
 */
export function createCallGate({ callsMax, windowMs, waitMsMax, clock }: CallGateOptions): LocalCallGate {
  const sent = new Map<string, number[]>()
  const restUntil = new Map<string, number>()

  const inWindow = (bucket: string): number[] => {
    const times = sent.get(bucket) ?? []
    const stale = times.findIndex((at) => at > clock() - windowMs)
    const recent = stale < 0 ? [] : times.slice(stale)
    sent.set(bucket, recent)
    return recent
  }
  const restMs = (bucket: string): number => {
    const ms = (restUntil.get(bucket) ?? 0) - clock()
    if (ms <= 0) restUntil.delete(bucket)
    return Math.max(0, ms)
  }
  const roomInMs = (bucket: string, calls: number): number => {
    const times = inWindow(bucket)
    const over = times.length + Math.min(calls, callsMax) - callsMax
    const windowWaitMs = over > 0 ? times[over - 1]! + windowMs - clock() : 0
    return Math.max(windowWaitMs, restMs(bucket))
  }
  const count = (bucket: string): void => void inWindow(bucket).push(clock())

  return {
    roomInMs,
    count,
    restMs,
    take: async (bucket) => {
      for (;;) {
        const waitMs = roomInMs(bucket, 1)
        if (waitMs <= 0) break
        if (waitMs > waitMsMax) throw noRoom(waitMs)
        await new Promise((resolve) => setTimeout(resolve, waitMs))
      }
      count(bucket)
    },
    rest: (bucket, ms) => {
      restUntil.set(bucket, Math.max(restUntil.get(bucket) ?? 0, clock() + ms))
    },
    answered: () => undefined,
    resting: () => [...restUntil.keys()].filter((bucket) => restMs(bucket) > 0).length,
    left: async () => null,
    views: () => [],
  }
}

/** A day's quota that ran out is looked at again this often. */
export const REST_MS_MAX = 60_000

export const noRoom = (waitMs: number): GhlFault =>
  new GhlFault({
    operation: 'wait-for-room',
    status: 429,
    message: 'the limit of the bucket is used up',
    restMs: Math.min(waitMs, REST_MS_MAX),
  })
