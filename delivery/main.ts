import { streams } from '../contracts/streams.ts'
import { iso, systemClock } from '../kernel/clock.ts'
import { readEnv } from '../kernel/env.ts'
import type { Logger } from '../kernel/logger.ts'
import { createMetrics } from '../kernel/metrics.ts'
import { connectNats, ensureStream, type Nats } from '../kernel/nats.ts'
import { createPostgres, type Postgres } from '../kernel/postgres.ts'
import { type Closing, runProcess } from '../kernel/run-process.ts'
import { buildApp } from './app.ts'
import { createRequestAnswers, type RequestHandlers } from './connection/answer-requests.ts'
import { listenForRequests } from './connection/stores/request-listener.ts'
import { createDeliveryMetrics, type DeliveryMetrics } from './delivery-metrics.ts'
import { Env } from './env.ts'
import { type CallGate, createCallGate } from './ghl/stores/call-gate.ts'
import { createCompanyTokens } from './ghl/stores/company-tokens.ts'
import { createGhlClient, type GhlClient } from './ghl/stores/ghl-client.ts'
import { createGhlHttp } from './ghl/stores/ghl-http.ts'
import { createLocationTokens } from './ghl/stores/location-tokens.ts'
import { createFaultStreaks } from './write-back/fault-streaks.ts'
import { createLocationLanes } from './write-back/location-lanes.ts'
import { type SettleDeps, settleDecision } from './write-back/settle-decision.ts'
import { deadLetter } from './write-back/steps/dead-letter.ts'
import {
  createDecisionsConsumer,
  type DecisionsConsumer,
  type WorkItem,
} from './write-back/stores/decisions-consumer.ts'
import { createDeliveryLedger } from './write-back/stores/delivery-ledger.ts'
import { createLeadReader } from './write-back/stores/lead-reader.ts'
import { createPublisher } from './write-back/stores/publisher.ts'
import { createStageCache } from './write-back/stores/stage-cache.ts'

// Contact, tags, opportunity; the stage is asked once in ten minutes, the search is for retries.
const CALLS_PER_LEAD = 3

await runProcess('delivery', async (log, closing) => {
  const env = readEnv(Env)
  const metrics = createMetrics('delivery')
  const own = createDeliveryMetrics(metrics)
  const pool = createPostgres({ url: env.DATABASE_URL, process: 'delivery', connectionsMax: 16, log })
  closing.defer('postgres', () => pool.end())
  const nats = await connectNats(env.NATS_URL, 'delivery', log)
  closing.defer('nats', () => nats.connection.close())
  for (const stream of [streams.decisions, streams.deliveries, streams.deadLetters]) {
    await ensureStream(nats.manager, stream)
  }
  const app = buildApp(metrics, {
    postgres: () => pool.query('SELECT 1'),
    nats: () => nats.connection.flush(),
  })
  await startWork({ env, pool, nats, log, closing, own })
  // Each capability adds the kinds of request that it answers.
  const handlers: RequestHandlers = {}
  closing.defer('requests', listenForRequests(nats.connection, createRequestAnswers(handlers, log)))
  await app.listen({ port: env.DELIVERY_PORT, host: env.LISTEN_HOST })
  closing.defer('http', () => app.close())
  log.info({ port: env.DELIVERY_PORT, ghl: env.GHL_API_URL, slots: env.DELIVERY_SLOTS_MAX }, 'delivery ready')
})

type Parts = { env: Env; pool: Postgres; nats: Nats; log: Logger; closing: Closing; own: DeliveryMetrics }

async function startWork(parts: Parts): Promise<void> {
  const { env, nats, log, closing } = parts
  const gate = createCallGate({
    callsMax: env.GHL_CALLS_PER_10S,
    windowMs: 10_000,
    waitMsMax: 2_000,
    clock: systemClock,
  })
  const deps = createSettleDeps(parts, gate, (locationId, ms) => lanes.rest(locationId, ms))
  const lanes = createLocationLanes<WorkItem>({
    slotsMax: env.DELIVERY_SLOTS_MAX,
    slotsPerLocationMax: 4,
    // Two windows of the limit: a burst on one location drains without a gap while the stream keeps the rest.
    queueMax: 64,
    callsPerItem: CALLS_PER_LEAD,
    roomInMs: gate.roomInMs,
    run: (item) => settleItem(deps, consumer, item),
    giveBack: (item, delayMs) => consumer.again(item, delayMs),
  })
  const consumer = createDecisionsConsumer({
    nats,
    ackWaitMs: env.DELIVERY_ACK_WAIT_MS,
    log,
    accept: (item) => lanes.push(item.locationId, item),
    poisoned: (tenant, givenUp, reason) =>
      deps.publisher.deadLetter(tenant, deadLetter(givenUp, 'BAD_DECISION', reason, iso(systemClock()))),
  })
  const consumption = await consumer.start()
  closing.defer('lanes', () => lanes.drain())
  closing.defer('consumer', () => consumption.stop())
}

function createSettleDeps(parts: Parts, gate: CallGate, restLocation: SettleDeps['restLocation']): SettleDeps {
  const { env, pool, nats, log, own } = parts
  const clock = systemClock
  const ghl = connectGhl(parts, gate)
  const company = createCompanyTokens({ pool, ghl, secretKey: env.HEXROUTE_SECRET_KEY, clock })
  return {
    ledger: createDeliveryLedger(pool),
    readLead: createLeadReader(pool),
    tokens: createLocationTokens({ company, ghl, clock }),
    ghl,
    stages: createStageCache(ghl, clock),
    publisher: createPublisher(nats),
    streaks: createFaultStreaks(),
    restLocation,
    metrics: own,
    clock,
    random: Math.random,
    log,
  }
}

function connectGhl({ env, own, closing }: Parts, gate: CallGate): GhlClient {
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
  return createGhlClient(http, { clientId: env.GHL_CLIENT_ID, clientSecret: env.GHL_CLIENT_SECRET })
}

async function settleItem(deps: SettleDeps, consumer: DecisionsConsumer, item: WorkItem): Promise<void> {
  deps.metrics.running.inc()
  try {
    const settlement = await settleDecision(deps, item, item.givenUp)
    if (settlement.kind === 'again') consumer.again(item, settlement.delayMs)
    else consumer[settlement.kind](item)
  } catch (error) {
    deps.log.error({ leadId: item.decision.leadId, error: (error as Error).message }, 'settling failed')
    consumer.again(item, Math.min(1_000 * item.message.info.deliveryCount, 60_000))
  } finally {
    deps.metrics.running.dec()
  }
}
