export type BucketCalls = { id: string; calls: number; limited: number; callsMaxIn10s: number }
export type CallCounts = {
  /** A call with a good token, answered or refused. */
  arrived: (id: string) => void
  /** It was answered 429. */
  limited: (id: string) => void
  /** A call of this operation, whatever became of it. */
  operation: (operation: string) => void
  figures: () => { buckets: BucketCalls[]; operations: Record<string, number> }
}

type Bucket = { calls: number; limited: number; max: number; recent: number[] }

/** What an app really sent: the figures that its own limiter is judged by. Counts since the start of this process. */
export function createCallCounts(monotonicMs: () => number): CallCounts {
  const buckets = new Map<string, Bucket>()
  const operations: Record<string, number> = {}
  const bucketOf = (id: string): Bucket => {
    const bucket = buckets.get(id) ?? { calls: 0, limited: 0, max: 0, recent: [] }
    buckets.set(id, bucket)
    return bucket
  }
  return {
    arrived: (id) => {
      const bucket = bucketOf(id)
      const nowMs = monotonicMs()
      bucket.calls += 1
      bucket.recent = [...bucket.recent.filter((at) => at > nowMs - 10_000), nowMs]
      bucket.max = Math.max(bucket.max, bucket.recent.length)
    },
    limited: (id) => {
      bucketOf(id).limited += 1
    },
    operation: (operation) => {
      operations[operation] = (operations[operation] ?? 0) + 1
    },
    figures: () => ({
      buckets: [...buckets].map(([id, { calls, limited, max }]) => ({ id, calls, limited, callsMaxIn10s: max })),
      operations,
    }),
  }
}
