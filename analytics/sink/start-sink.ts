import type { ClickHouseClient } from '@clickhouse/client'
import { streams } from '../../contracts/streams.ts'
import type { Logger } from '../../kernel/logger.ts'
import type { Metrics } from '../../kernel/metrics.ts'
import type { Nats } from '../../kernel/nats.ts'
import { createProjections, type Projection } from '../steps/projections.ts'
import { createPlanStore } from './plan-store.ts'
import { holdShard, type ShardLock } from './shard-lock.ts'
import { createSinkProgress } from './sink-progress.ts'
import { sinkStream } from './sink-stream.ts'
import type { BatchLimits } from './stream-reader.ts'

export type SinkOptions = {
  nats: Nats
  clickhouse: Pick<ClickHouseClient, 'insert'>
  databaseUrl: string
  /** One active sink per shard; this slice has one shard, all streams. */
  shard: string
  limits: BatchLimits
  metrics: Metrics
  log: Logger
}
export type Sink = { stop: () => Promise<void> }

const LOOK_EVERY_MS = 1_000

/** Contends for the shard, writes all streams while it holds it, and contends again when it has lost it. */
export function startSink(options: SinkOptions): Sink {
  const { nats, metrics } = options
  const stop = new AbortController()
  const progress = createSinkProgress(metrics)
  const projections = createProjections()
  const lanes = (Object.keys(projections) as (keyof typeof projections)[]).map((key) => ({
    stream: streams[key].name,
    projection: projections[key] as Projection,
    progress: progress.stream(streams[key].name),
  }))

  const lead = async (lock: ShardLock): Promise<void> => {
    progress.setActive(true)
    const signal = AbortSignal.any([stop.signal, lock.lost])
    const plans = createPlanStore(lock.query)
    const look = setInterval(() => {
      for (const lane of lanes) void lane.progress.look(nats).catch(() => undefined)
    }, LOOK_EVERY_MS)
    try {
      await Promise.all(lanes.map((lane) => sinkStream({ ...options, ...lane, plans }, signal)))
    } finally {
      clearInterval(look)
      progress.setActive(false)
      await lock.release()
    }
  }

  const contention = (async () => {
    while (!stop.signal.aborted) {
      const lock = await holdShard({ ...options, stop: stop.signal })
      if (!lock) return
      options.log.info({ shard: options.shard }, 'sink holds its shard')
      await lead(lock)
    }
  })()

  return {
    stop: async () => {
      stop.abort()
      await contention
    },
  }
}
