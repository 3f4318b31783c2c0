import { streams } from '../../contracts/streams.ts'
import type { Logger } from '../../kernel/logger.ts'
import type { Metrics } from '../../kernel/metrics.ts'
import type { Nats } from '../../kernel/nats.ts'
import { createProjections, idColumns, type Projection } from '../steps/projections.ts'
import { toShards } from '../steps/shards.ts'
import { createAuditProgress } from './audit-progress.ts'
import { type AuditTimes, createAuditStore } from './audit-store.ts'
import { auditStream } from './audit-stream.ts'
import { createPlanStore } from './plan-store.ts'
import type { BatchLimits } from './read-batches.ts'
import { holdShard, type ShardLock } from './shard-lock.ts'
import { createSinkProgress } from './sink-progress.ts'
import { sinkStream } from './sink-stream.ts'
import type { Destination } from './write-batch.ts'

export type SinkOptions = {
  nats: Nats
  clickhouse: Destination['clickhouse']
  /** Of ClickHouse; each has positions of its own. */
  database: string
  databaseUrl: string
  /** Into how many parts the streams are divided; each part has one active sink, in whatever process. */
  shards: number
  limits: BatchLimits
  audit: AuditTimes
  metrics: Metrics
  log: Logger
}
export type Sink = { stop: () => Promise<void> }

const LOOK_EVERY_MS = 1_000

/** Contends for each shard, writes its streams while it holds it, and contends again when it has lost it. */
export function startSink(options: SinkOptions): Sink {
  const { nats, database, metrics, log } = options
  const to: Destination = { clickhouse: options.clickhouse, database }
  const stop = new AbortController()
  const progress = createSinkProgress(metrics)
  const auditProgress = createAuditProgress(metrics)
  const projections = createProjections()
  const lanes = (Object.keys(projections) as (keyof typeof projections)[]).map((key) => ({
    stream: streams[key].name,
    projection: projections[key] as Projection,
    idColumn: idColumns[key],
    progress: progress.stream(streams[key].name),
    auditProgress: auditProgress(streams[key].name),
  }))
  let heldCount = 0
  const holds = (change: 1 | -1): void => {
    heldCount += change
    progress.setActive(heldCount)
  }

  const lead = async (lock: ShardLock, shard: typeof lanes): Promise<void> => {
    holds(1)
    const signal = AbortSignal.any([stop.signal, lock.lost])
    const plans = createPlanStore(lock.query, database)
    const look = setInterval(() => {
      for (const lane of shard) void lane.progress.look(nats).catch(() => undefined)
    }, LOOK_EVERY_MS)
    try {
      for (const { stream } of shard) await plans.takeOver(stream)
      await Promise.all(
        shard.flatMap((lane) => [
          sinkStream({ ...lane, nats, to, plans, limits: options.limits, log }, signal),
          auditStream(
            {
              ...{ ...lane, nats, to, log, times: options.audit, progress: lane.auditProgress },
              audits: createAuditStore(lock.query, database, lane.stream),
            },
            signal,
          ),
        ]),
      )
    } catch (error) {
      log.warn({ error: (error as Error).message }, 'sink could not take its shard over')
    } finally {
      clearInterval(look)
      holds(-1)
      await lock.release()
    }
  }

  const contentions = toShards(lanes, options.shards).map(async (shard) => {
    const names = shard.map(({ stream }) => stream)
    while (!stop.signal.aborted) {
      const { databaseUrl } = options
      const lock = await holdShard({
        databaseUrl,
        streams: names,
        database,
        heldCount: () => heldCount,
        log,
        stop: stop.signal,
      })
      if (!lock) return
      log.info({ streams: names }, 'sink holds its shard')
      await lead(lock, shard)
    }
  })

  return {
    stop: async () => {
      stop.abort()
      await Promise.all(contentions)
    },
  }
}
