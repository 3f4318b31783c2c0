import type { Clock } from '../../../kernel/clock.ts'
import { GhlFault } from '../steps/ghl-fault.ts'

export type CallGateOptions = {
  /** Calls per window and bucket. GHL allows 100; the rest is room for clock and network differences. */
  callsMax: number
  windowMs: number
  /** A call that would have to wait longer gives up its place instead. */
  waitMsMax: number
  clock: Clock
}

export type CallGate = {
  /** Milliseconds until so many calls fit into the bucket; 0 when they fit now. */
  roomInMs: (bucket: string, calls: number) => number
  /** Counts one call, waiting for its turn. @throws GhlFault 429 when the turn is too far off. */
  take: (bucket: string) => Promise<void>
  /** No call of this bucket for so long. */
  rest: (bucket: string, ms: number) => void
  /** Buckets that rest now. */
  resting: () => number
}

/**
 * GHL's limit per sub-account and per company, kept in this process as a rolling window: in no stretch of `windowMs` are
 * more than `callsMax` calls sent, whatever window GHL counts by. Several delivery processes each keep their own.
 */
export function createCallGate({ callsMax, windowMs, waitMsMax, clock }: CallGateOptions): CallGate {
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

  return {
    roomInMs,
    take: async (bucket) => {
      for (;;) {
        const waitMs = roomInMs(bucket, 1)
        if (waitMs <= 0) break
        if (waitMs > waitMsMax) throw noRoom(waitMs)
        await new Promise((resolve) => setTimeout(resolve, waitMs))
      }
      sent.get(bucket)!.push(clock())
    },
    rest: (bucket, ms) => {
      restUntil.set(bucket, Math.max(restUntil.get(bucket) ?? 0, clock() + ms))
    },
    resting: () => [...restUntil.keys()].filter((bucket) => restMs(bucket) > 0).length,
  }
}

const noRoom = (restMs: number): GhlFault =>
  new GhlFault({ operation: 'wait-for-room', status: 429, message: 'the limit of the bucket is used up', restMs })
