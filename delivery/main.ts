import { streams, subjects } from '../contracts/streams.ts'
import { systemClock } from '../kernel/clock.ts'
import { EnvFault, readEnv } from '../kernel/env.ts'
import { listenForRequests } from '../kernel/listen-for-requests.ts'
import { createMetrics } from '../kernel/metrics.ts'
import { connectNats, ensureStream } from '../kernel/nats.ts'
import { createPostgres } from '../kernel/postgres.ts'
import { runProcess } from '../kernel/run-process.ts'
import { buildApp } from './app.ts'
import { createRequestAnswers, type RequestHandlers } from './connection/answer-requests.ts'
import { startConnection } from './connection/start-connection.ts'
import { createDeliveryMetrics } from './delivery-metrics.ts'
import { Env } from './env.ts'
import { createMarkErased } from './erasure/mark-erased.ts'
import { connectGhl } from './ghl/stores/connect-ghl.ts'
import type { GhlApp } from './ghl/stores/oauth-calls.ts'
import { startNotices } from './notices/start-notices.ts'
import { startReconcile } from './reconcile/start-reconcile.ts'
import { startWriteBack } from './write-back/start-write-back.ts'

/** Of the time for closing, which write-back and notices need as well. */
const REQUESTS_END_MS_MAX = 3_000

await runProcess('delivery', async (log, closing) => {
  const env = readEnv(Env)
  const metrics = createMetrics('delivery')
  const own = createDeliveryMetrics(metrics)
  // One that is opened in a burst costs its lead up to 0.1 s, and they are opened all together then.
  const connections = { connectionsMax: 16, connectionsKept: 8 }
  const pool = createPostgres({ url: env.DATABASE_URL, process: 'delivery', ...connections, log })
  closing.defer('postgres', () => pool.end())
  const tokenPool = createPostgres({ url: env.DATABASE_URL, process: 'delivery-tokens', connectionsMax: 4, log })
  closing.defer('postgres for tokens', () => tokenPool.end())
  const nats = await connectNats(env.NATS_URL, 'delivery', log)
  closing.defer('nats', () => nats.connection.close())
  for (const stream of [streams.events, streams.decisions, streams.deliveries, streams.deadLetters]) {
    await ensureStream(nats.manager, stream)
  }
  const app = buildApp(metrics, {
    postgres: () => pool.query('SELECT 1'),
    nats: () => nats.connection.flush(),
  })
  const ghl = await connectGhl({
    ...{ pool, tokenPool, clock: systemClock, log, closing, metrics: own, secretKey: env.HEXROUTE_SECRET_KEY },
    redisUrl: env.REDIS_URL,
    apiUrl: env.GHL_API_URL,
    apiVersions: env.GHL_API_VERSIONS,
    app: ghlAppOf(env),
    callTimeoutMs: env.GHL_CALL_TIMEOUT_MS,
    // Leads in work, and what compares and notifies beside them.
    connectionsMax: env.DELIVERY_SLOTS_MAX + 8,
    callsPer10s: env.GHL_CALLS_PER_10S,
    callsPerDay: env.GHL_CALLS_PER_DAY,
  })
  // Closed last first: what writes and tells before what compares, which nobody waits for.
  const stopping = new AbortController()
  const reconcile = startReconcile({
    ...{ pool, log, metrics, clock: systemClock, tokens: ghl.bulkTokens, ghl: ghl.bulkGhl },
    ingestUrl: env.INGEST_URL,
    secretKey: env.HEXROUTE_SECRET_KEY,
    everyMs: env.RECONCILE_EVERY_MS,
    stopping: stopping.signal,
    window: { overlapMs: env.RECONCILE_OVERLAP_MS, lagMs: env.RECONCILE_LAG_MS },
  })
  closing.defer('reconcile', reconcile.stop)
  const notices = await startNotices({
    ...{ pool, nats, log, closing, metrics, clock: systemClock, secretKey: env.HEXROUTE_SECRET_KEY, ...ghl },
    smtp: env.SMTP_URL ? { url: env.SMTP_URL, from: env.SMTP_FROM } : null,
    allowPrivate: env.NOTICE_ALLOW_PRIVATE === 'true',
    ghlWebUrl: env.GHL_WEB_URL,
    leaseMs: env.NOTICE_LEASE_MS,
  })
  await startWriteBack({
    ...{ pool, nats, log, closing, metrics: own, clock: systemClock, ...ghl },
    slotsMax: env.DELIVERY_SLOTS_MAX,
    callsPer10s: env.GHL_CALLS_PER_10S,
    ackWaitMs: env.DELIVERY_ACK_WAIT_MS,
    blockedMs: env.DELIVERY_BLOCKED_MS,
    probeMs: env.DELIVERY_PROBE_MS,
  })
  const connection = await startConnection({
    ...{ pool, nats, log, clock: systemClock, secretKey: env.HEXROUTE_SECRET_KEY, ...ghl },
    forget: (tenant) => {
      ghl.company.forget(tenant)
      ghl.tokens.forget(tenant)
    },
    disconnected: notices.disconnected,
  })
  closing.defer('connection', connection.stop)
  // Each capability adds the kinds of request that it answers.
  const handlers: RequestHandlers = {
    ...{ reconcile: reconcile.now, 'mark-erased': createMarkErased(ghl) },
    ...notices.handlers,
    ...connection.handlers,
  }
  const answers = createRequestAnswers(handlers, log)
  closing.defer(
    'requests',
    listenForRequests(nats.connection, {
      subject: subjects.deliveryRequest,
      queue: 'delivery',
      answer: answers,
      stopMsMax: REQUESTS_END_MS_MAX,
    }),
  )
  await app.listen({ port: env.DELIVERY_PORT, host: env.LISTEN_HOST })
  closing.defer('http', () => app.close())
  closing.defer('comparison', () => stopping.abort())
  log.info({ port: env.DELIVERY_PORT, ghl: env.GHL_API_URL, slots: env.DELIVERY_SLOTS_MAX }, 'delivery ready')
})

function ghlAppOf({ GHL_CLIENT_ID: clientId, GHL_CLIENT_SECRET: clientSecret }: Env): GhlApp | null {
  if (clientId && clientSecret) return { clientId, clientSecret }
  if (!clientId && !clientSecret) return null
  throw new EnvFault([`${clientId ? 'GHL_CLIENT_SECRET' : 'GHL_CLIENT_ID'}: missing, as the other one is given`])
}
