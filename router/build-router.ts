import { subjects } from '../contracts/streams.ts'
import { createGazetteer } from '../decide/geography/gazetteer.ts'
import { createAcknowledgedPublish } from '../kernel/acknowledged-publish.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Message } from '../kernel/consume-batches.ts'
import { listenForRequests } from '../kernel/listen-for-requests.ts'
import type { Logger } from '../kernel/logger.ts'
import type { Nats } from '../kernel/nats.ts'
import type { Postgres } from '../kernel/postgres.ts'
import type { RedisConnection } from '../kernel/redis.ts'
import { createRequestAnswers } from './answer-requests.ts'
import type { Chore } from './chores.ts'
import { createEventHandler, type HandlerDeps } from './handle-events.ts'
import { createLiveOrganisation } from './live-organisation.ts'
import { createLiveWaiting } from './live-waiting.ts'
import { createUndeliverableHandler } from './pass-undeliverable-on.ts'
import { createPreview } from './preview-lead.ts'
import { createRouteAgain } from './route-again.ts'
import { routerChores } from './router-chores.ts'
import type { RouterMetrics } from './router-metrics.ts'
import { createCapacity } from './stores/capacity.ts'
import { readRulesetById } from './stores/draft-store.ts'
import { createFactStore } from './stores/fact-store.ts'
import { createIdentityStore } from './stores/identity-store.ts'
import { createLeadStore } from './stores/lead-store.ts'
import { createOutbox } from './stores/outbox.ts'
import { createPublisher } from './stores/publisher.ts'
import { createQueueStore } from './stores/queue-store.ts'
import { rebuildCounters } from './stores/rebuild-counters.ts'
import { createRulesetStore } from './stores/ruleset-store.ts'
import { createSlaStore } from './stores/sla-store.ts'
import { readStoredLeads } from './stores/stored-leads.ts'
import { createWithCounters } from './with-counters.ts'

export type World = {
  pool: Postgres
  redis: RedisConnection
  nats: Nats
  clock: Clock
  log: Logger
  metrics: RouterMetrics
  refreshMs: number
}

export type Router = {
  handle: (messages: Message[]) => Promise<void>
  /** Records of leads that could not be written to their location. */
  handleParked: (messages: Message[]) => Promise<void>
  chores: Record<string, Chore>
  /** Looks the organisation up at once. */
  refresh: () => Promise<void>
  stop: () => Promise<void>
}

/** JetStream answers within milliseconds; a batch that waited longer comes again. */
const PUBLISH_WITHIN_MS = 5_000
/** Who asks waits no longer. */
const REQUESTS_END_MS_MAX = 5_000

/** The whole router over its connections; who calls it decides when events come and chores run. */
export async function buildRouter({ pool, redis, nats, clock, log, metrics, refreshMs }: World): Promise<Router> {
  const organisation = await createLiveOrganisation(createRulesetStore(pool), refreshMs, log)
  const announcements = nats.connection.subscribe(subjects.anyRulesetPublished, {
    callback: () => void organisation.refresh().catch(() => undefined),
  })
  const queues = createQueueStore(pool)
  const waiting = createLiveWaiting(queues)
  // Those who waited while no router ran come first from the beginning.
  await waiting.refresh()
  const facts = createFactStore(pool)
  const capacity = createCapacity(redis)
  const withCounters = createWithCounters(async (tenant) => {
    if (await rebuildCounters(pool, redis, tenant, log)) metrics.rebuilds.inc()
  })
  const deps = {
    ...{ organisation, capacity, facts, clock, log, withCounters, metrics },
    gazetteer: createGazetteer(),
    leads: createLeadStore(pool),
    identities: createIdentityStore(pool),
    publisher: createPublisher(createAcknowledgedPublish(nats.connection, PUBLISH_WITHIN_MS)),
    outbox: createOutbox(pool),
    engagementOf: facts.engagementOf,
    waiting: waiting.of,
    readStored: (ids: readonly string[]) => readStoredLeads(pool, ids),
    readRuleset: (tenant: string, id: string) => readRulesetById(pool, tenant, id),
  } satisfies HandlerDeps & Record<string, unknown>
  const routeAgain = createRouteAgain(deps)
  const stopListening = listenForRequests(nats.connection, {
    ...{ subject: subjects.routerRequest, queue: 'router', stopMsMax: REQUESTS_END_MS_MAX },
    answer: createRequestAnswers({ ...deps, routeAgain, preview: createPreview(deps) }),
  })
  return {
    handle: createEventHandler(deps),
    handleParked: createUndeliverableHandler({ ...deps, routeAgain }),
    chores: routerChores({
      ...deps,
      ...{ queues, routeAgain, stores: { pool, redis, capacity }, timers: createSlaStore(pool) },
      refreshWaiting: waiting.refresh,
    }),
    refresh: organisation.refresh,
    stop: async () => {
      await stopListening()
      announcements.unsubscribe()
      organisation.stop()
    },
  }
}
