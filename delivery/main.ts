import { streams } from '../contracts/streams.ts'
import { systemClock } from '../kernel/clock.ts'
import { readEnv } from '../kernel/env.ts'
import { createMetrics } from '../kernel/metrics.ts'
import { connectNats, ensureStream } from '../kernel/nats.ts'
import { createPostgres, type Postgres } from '../kernel/postgres.ts'
import { type Closing, runProcess } from '../kernel/run-process.ts'
import { buildApp } from './app.ts'
import { createRequestAnswers, type RequestHandlers } from './connection/answer-requests.ts'
import { startConnection } from './connection/start-connection.ts'
import { listenForRequests } from './connection/stores/request-listener.ts'
import { createDeliveryMetrics, type DeliveryMetrics } from './delivery-metrics.ts'
import { Env } from './env.ts'
import { createCallGate } from './ghl/stores/call-gate.ts'
import { createCompanyTokens } from './ghl/stores/company-tokens.ts'
import { createGhlClient } from './ghl/stores/ghl-client.ts'
import { createGhlHttp } from './ghl/stores/ghl-http.ts'
import { createLocationTokens } from './ghl/stores/location-tokens.ts'
import { createPrivateTokenReader } from './ghl/stores/private-token.ts'
import { startNotices } from './notices/start-notices.ts'
import { startReconcile } from './reconcile/start-reconcile.ts'
import { startWriteBack } from './write-back/start-write-back.ts'

await runProcess('delivery', async (log, closing) => {
  const env = readEnv(Env)
  const metrics = createMetrics('delivery')
  const own = createDeliveryMetrics(metrics)
  const pool = createPostgres({ url: env.DATABASE_URL, process: 'delivery', connectionsMax: 16, log })
  closing.defer('postgres', () => pool.end())
  const nats = await connectNats(env.NATS_URL, 'delivery', log)
  closing.defer('nats', () => nats.connection.close())
  for (const stream of [streams.events, streams.decisions, streams.deliveries, streams.deadLetters]) {
    await ensureStream(nats.manager, stream)
  }
  const app = buildApp(metrics, {
    postgres: () => pool.query('SELECT 1'),
    nats: () => nats.connection.flush(),
  })
  const ghl = connectGhl({ env, pool, closing, own })
  await startWriteBack({
    ...{ pool, nats, log, closing, metrics: own, clock: systemClock, ...ghl },
    slotsMax: env.DELIVERY_SLOTS_MAX,
    ackWaitMs: env.DELIVERY_ACK_WAIT_MS,
    probeMs: env.DELIVERY_PROBE_MS,
  })
  // Each capability adds the kinds of request that it answers.
  const reconcile = startReconcile({
    ...{ pool, log, metrics, clock: systemClock, tokens: ghl.tokens, ghl: ghl.bulkGhl },
    ingestUrl: env.INGEST_URL,
    secretKey: env.HEXROUTE_SECRET_KEY,
    everyMs: env.RECONCILE_EVERY_MS,
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
  const connection = await startConnection({
    ...{ pool, nats, log, clock: systemClock, secretKey: env.HEXROUTE_SECRET_KEY, ...ghl },
    budgetLeft: async () => null,
    forget: (tenant) => {
      ghl.company.forget(tenant)
      ghl.tokens.forget(tenant)
    },
    disconnected: notices.disconnected,
  })
  closing.defer('connection', connection.stop)
  const handlers: RequestHandlers = { reconcile: reconcile.now, ...notices.handlers, ...connection.handlers }
  closing.defer('requests', listenForRequests(nats.connection, createRequestAnswers(handlers, log)))
  await app.listen({ port: env.DELIVERY_PORT, host: env.LISTEN_HOST })
  closing.defer('http', () => app.close())
  log.info({ port: env.DELIVERY_PORT, ghl: env.GHL_API_URL, slots: env.DELIVERY_SLOTS_MAX }, 'delivery ready')
})

type Parts = { env: Env; pool: Postgres; closing: Closing; own: DeliveryMetrics }

/** One door to GHL for all of this process: its limits and tokens are shared. */
function connectGhl({ env, pool, closing, own }: Parts) {
  const gate = createCallGate({
    callsMax: env.GHL_CALLS_PER_10S,
    windowMs: 10_000,
    waitMsMax: 2_000,
    clock: systemClock,
  })
  const http = createGhlHttp({
    apiUrl: env.GHL_API_URL,
    timeoutMs: env.GHL_CALL_TIMEOUT_MS,
    connectionsMax: env.DELIVERY_SLOTS_MAX,
    gate,
    onAnswer: (operation, status) => {
      own.calls.inc({ operation, class: status === 0 ? 'none' : `${Math.floor(status / 100)}xx` })
      if (status === 429) own.limited.inc({ operation })
      own.resting.set(gate.resting())
    },
  })
  closing.defer('ghl', () => http.close())
  const app = { clientId: env.GHL_CLIENT_ID, clientSecret: env.GHL_CLIENT_SECRET }
  const ghl = createGhlClient(http, app)
  const company = createCompanyTokens({ pool, ghl, secretKey: env.HEXROUTE_SECRET_KEY, clock: systemClock })
  return {
    gate,
    ghl,
    bulkGhl: createGhlClient(http, app, 'bulk'),
    company,
    tokens: createLocationTokens({
      ...{ company, ghl, clock: systemClock },
      privateToken: createPrivateTokenReader(pool, env.HEXROUTE_SECRET_KEY),
    }),
  }
}
