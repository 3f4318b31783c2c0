import { streams, subjects } from '../contracts/streams.ts'
import { createGazetteer } from '../decide/geography/gazetteer.ts'
import { systemClock } from '../kernel/clock.ts'
import { consumeBatches } from '../kernel/consume-batches.ts'
import { readEnv } from '../kernel/env.ts'
import { createMetrics } from '../kernel/metrics.ts'
import { connectNats, ensureStream } from '../kernel/nats.ts'
import { createPostgres } from '../kernel/postgres.ts'
import { connectRedis } from '../kernel/redis.ts'
import { runProcess } from '../kernel/run-process.ts'
import { buildApp } from './app.ts'
import { Env } from './env.ts'
import { createEventHandler } from './handle-events.ts'
import { createLiveOrganisation } from './live-organisation.ts'
import { createRouterMetrics } from './router-metrics.ts'
import { createCapacity } from './stores/capacity.ts'
import { createFactStore } from './stores/fact-store.ts'
import { createLeadStore } from './stores/lead-store.ts'
import { createPublisher } from './stores/publisher.ts'
import { rebuildCounters } from './stores/rebuild-counters.ts'
import { createRulesetStore } from './stores/ruleset-store.ts'

/** A batch takes milliseconds; a rebuild of the counters in its middle, seconds. */
const ACK_WAIT_MS = 30_000

await runProcess('router', async (log, closing) => {
  const env = readEnv(Env)
  const metrics = createMetrics('router')
  const routerMetrics = createRouterMetrics(metrics)

  const pool = createPostgres({ url: env.DATABASE_URL, process: 'router', connectionsMax: 6, log })
  closing.defer('postgres', () => pool.end())
  const redis = await connectRedis(env.REDIS_URL, 'router', log)
  closing.defer('redis', () => redis.disconnect())
  const nats = await connectNats(env.NATS_URL, 'router', log)
  closing.defer('nats', () => nats.connection.close())
  for (const stream of Object.values(streams)) await ensureStream(nats.manager, stream)

  const organisation = await createLiveOrganisation(createRulesetStore(pool), env.ROUTER_REFRESH_MS, log)
  closing.defer('organisation', organisation.stop)
  nats.connection.subscribe(subjects.anyRulesetPublished, {
    callback: () => void organisation.refresh().catch(() => undefined),
  })

  const handle = createEventHandler({
    organisation,
    capacity: createCapacity(redis),
    leads: createLeadStore(pool),
    facts: createFactStore(pool),
    gazetteer: createGazetteer(),
    publisher: createPublisher(nats.jetstream),
    metrics: routerMetrics,
    rebuildCounters: async (tenant) => {
      if (await rebuildCounters(pool, redis, tenant, log)) routerMetrics.rebuilds.inc()
    },
    clock: systemClock,
    log,
  })
  const consumption = await consumeBatches(nats, {
    stream: streams.events.name,
    durable: 'router',
    batchRowsMax: env.ROUTER_BATCH_ROWS_MAX,
    ackWaitMs: ACK_WAIT_MS,
    ackPendingMax: env.ROUTER_ACK_PENDING_MAX,
    log,
    handle,
  })
  closing.defer('consumer', consumption.stop)

  const app = buildApp(metrics, {
    postgres: () => pool.query('SELECT 1'),
    redis: () => redis.ping(),
    nats: () => nats.connection.flush(),
  })
  await app.listen({ port: env.ROUTER_PORT, host: env.LISTEN_HOST })
  closing.defer('http', () => app.close())
  log.info({ port: env.ROUTER_PORT }, 'router started')
})
