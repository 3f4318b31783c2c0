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
import { createRequestAnswers } from './answer-requests.ts'
import { buildApp } from './app.ts'
import { startChores } from './chores.ts'
import { Env } from './env.ts'
import { createEventHandler } from './handle-events.ts'
import { createLiveOrganisation } from './live-organisation.ts'
import { createLiveWaiting } from './live-waiting.ts'
import { createPreview } from './preview-lead.ts'
import { createRouteAgain } from './route-again.ts'
import { routerChores } from './router-chores.ts'
import { createRouterMetrics } from './router-metrics.ts'
import { createCapacity } from './stores/capacity.ts'
import { readRulesetById } from './stores/draft-store.ts'
import { createFactStore } from './stores/fact-store.ts'
import { createIdentityStore } from './stores/identity-store.ts'
import { createLeadStore } from './stores/lead-store.ts'
import { createOutbox } from './stores/outbox.ts'
import { createPublisher } from './stores/publisher.ts'
import { createQueueStore } from './stores/queue-store.ts'
import { rebuildCounters } from './stores/rebuild-counters.ts'
import { listenForRequests } from './stores/request-listener.ts'
import { createRulesetStore } from './stores/ruleset-store.ts'
import { createSlaStore } from './stores/sla-store.ts'
import { readStoredLeads } from './stores/stored-leads.ts'
import { createTurns } from './stores/turns.ts'
import { createWithCounters } from './with-counters.ts'

/** A batch takes milliseconds; a rebuild of the counters in its middle, seconds. */
const ACK_WAIT_MS = 30_000

await runProcess('router', async (log, closing) => {
  const env = readEnv(Env)
  const metrics = createMetrics('router')
  const routerMetrics = createRouterMetrics(metrics)

  const pool = createPostgres({ url: env.DATABASE_URL, process: 'router', connectionsMax: 12, log })
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

  const queues = createQueueStore(pool)
  const waiting = createLiveWaiting(queues)
  const facts = createFactStore(pool)
  const capacity = createCapacity(redis)
  const gazetteer = createGazetteer()
  const clock = systemClock
  const withCounters = createWithCounters(async (tenant) => {
    if (await rebuildCounters(pool, redis, tenant, log)) routerMetrics.rebuilds.inc()
  })
  const deps = {
    ...{ organisation, capacity, gazetteer, facts, clock, log, withCounters, metrics: routerMetrics },
    leads: createLeadStore(pool),
    identities: createIdentityStore(pool),
    publisher: createPublisher(nats.jetstream),
    outbox: createOutbox(pool),
    engagementOf: facts.engagementOf,
    waiting: waiting.of,
    readStored: (ids: readonly string[]) => readStoredLeads(pool, ids),
    readRuleset: (tenant: string, id: string) => readRulesetById(pool, tenant, id),
  }
  const routeAgain = createRouteAgain(deps)
  const consumption = await consumeBatches(nats, {
    stream: streams.events.name,
    durable: 'router',
    batchRowsMax: env.ROUTER_BATCH_ROWS_MAX,
    ackWaitMs: ACK_WAIT_MS,
    ackPendingMax: env.ROUTER_ACK_PENDING_MAX,
    log,
    handle: createEventHandler(deps),
  })
  closing.defer('consumer', consumption.stop)
  const answer = createRequestAnswers({ ...deps, routeAgain, preview: createPreview(deps) })
  closing.defer('requests', listenForRequests(nats.connection, answer))
  const chores = routerChores({
    ...deps,
    ...{ queues, routeAgain, stores: { pool, redis, capacity }, timers: createSlaStore(pool) },
    refreshWaiting: waiting.refresh,
  })
  closing.defer('chores', startChores(chores, createTurns(pool), log))

  const app = buildApp(metrics, {
    postgres: () => pool.query('SELECT 1'),
    redis: () => redis.ping(),
    nats: () => nats.connection.flush(),
  })
  await app.listen({ port: env.ROUTER_PORT, host: env.LISTEN_HOST })
  closing.defer('http', () => app.close())
  log.info({ port: env.ROUTER_PORT }, 'router started')
})
