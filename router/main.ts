import { streams } from '../contracts/streams.ts'
import { systemClock } from '../kernel/clock.ts'
import { consumeBatches } from '../kernel/consume-batches.ts'
import { readEnv } from '../kernel/env.ts'
import { createMetrics } from '../kernel/metrics.ts'
import { connectNats, ensureStream } from '../kernel/nats.ts'
import { createPostgres } from '../kernel/postgres.ts'
import { connectRedis } from '../kernel/redis.ts'
import { runProcess } from '../kernel/run-process.ts'
import { buildApp } from './app.ts'
import { buildRouter } from './build-router.ts'
import { startChores } from './chores.ts'
import { Env } from './env.ts'
import { createRouterMetrics } from './router-metrics.ts'
import { createTurns } from './stores/turns.ts'

/** A batch takes milliseconds; a rebuild of the counters in its middle, seconds. */
const ACK_WAIT_MS = 30_000
/** While one batch is with Postgres, the next is decided. */
const BATCHES_AT_ONCE = 2

await runProcess('router', async (log, closing) => {
  const env = readEnv(Env)
  const metrics = createMetrics('router')

  const pool = createPostgres({ url: env.DATABASE_URL, process: 'router', connectionsMax: 12, log })
  closing.defer('postgres', () => pool.end())
  const redis = await connectRedis(env.REDIS_URL, 'router', log)
  closing.defer('redis', () => redis.disconnect())
  const nats = await connectNats(env.NATS_URL, 'router', log)
  closing.defer('nats', () => nats.connection.close())
  for (const stream of Object.values(streams)) await ensureStream(nats.manager, stream)

  const router = await buildRouter({
    ...{ pool, redis, nats, log, clock: systemClock, refreshMs: env.ROUTER_REFRESH_MS },
    metrics: createRouterMetrics(metrics),
  })
  closing.defer('router', router.stop)
  const consumption = await consumeBatches(nats, {
    stream: streams.events.name,
    durable: 'router',
    batchRowsMax: env.ROUTER_BATCH_ROWS_MAX,
    batchesAtOnce: BATCHES_AT_ONCE,
    ackWaitMs: ACK_WAIT_MS,
    ackPendingMax: env.ROUTER_ACK_PENDING_MAX,
    log,
    handle: router.handle,
  })
  closing.defer('consumer', consumption.stop)
  const parked = await consumeBatches(nats, {
    stream: streams.deliveries.name,
    durable: 'router-parked',
    filterSubject: 'deliveries.*.*.parked',
    batchRowsMax: env.ROUTER_BATCH_ROWS_MAX,
    ackWaitMs: ACK_WAIT_MS,
    ackPendingMax: env.ROUTER_ACK_PENDING_MAX,
    log,
    handle: router.handleParked,
  })
  closing.defer('parked consumer', parked.stop)
  closing.defer('chores', startChores(router.chores, createTurns(pool), log))

  const app = buildApp(metrics, {
    postgres: () => pool.query('SELECT 1'),
    redis: () => redis.ping(),
    nats: () => nats.connection.flush(),
  })
  await app.listen({ port: env.ROUTER_PORT, host: env.LISTEN_HOST })
  closing.defer('http', () => app.close())
  log.info({ port: env.ROUTER_PORT }, 'router started')
})
