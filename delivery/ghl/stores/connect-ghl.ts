import type { Clock } from '../../../kernel/clock.ts'
import type { Logger } from '../../../kernel/logger.ts'
import type { Postgres } from '../../../kernel/postgres.ts'
import { connectRedis } from '../../../kernel/redis.ts'
import type { DeliveryMetrics } from '../../delivery-metrics.ts'
import { apiVersions } from '../steps/api-versions.ts'
import { tightestBudgets } from '../steps/tightest-budgets.ts'
import type { CallGate } from './call-gate.ts'
import { createCompanyTokens } from './company-tokens.ts'
import { createGhlClient } from './ghl-client.ts'
import { createGhlHttp } from './ghl-http.ts'
import { createLocationTokens } from './location-tokens.ts'
import { companyBucket, type GhlApp } from './oauth-calls.ts'
import { createPrivateTokenReader } from './private-token.ts'
import { createSharedCallGate } from './shared-call-gate.ts'
import { createSharedLimits } from './shared-limits.ts'

export type GhlConnectionParts = {
  pool: Postgres
  /** For refreshes, which hold a connection as long as GHL takes: nobody else waits for those. */
  tokenPool: Postgres
  clock: Clock
  log: Logger
  closing: { defer: (name: string, close: () => Promise<unknown> | unknown) => void }
  metrics: DeliveryMetrics
  redisUrl: string
  apiUrl: string
  apiVersions: string
  /** Null: there is none, and locations are written to with tokens of their own. */
  app: GhlApp | null
  secretKey: string
  callTimeoutMs: number
  connectionsMax: number
  callsPer10s: number
  callsPerDay: number
}

/** GHL's 10 s and a little: a call that is slow on its way and a fast one after it come closer together than they went. */
const WINDOW_MS = 10_250
/** Bulk work may use this much of a window and of what fresh leads have left of the day. */
const BULK_SHARE = 0.6
/** A lead in work holds a slot while it waits; nobody waits for bulk work, so it may wait for several windows. */
const waitMsMax = { fresh: 5_000, bulk: 60_000 }
const GAUGE_EVERY_MS = 5_000

/** One door to GHL for all of this process: its tokens are shared here, its limits with every other process. */
export async function connectGhl(parts: GhlConnectionParts) {
  const { pool, tokenPool, clock, secretKey, closing, metrics } = parts
  const gate = await openGate(parts)
  const http = createGhlHttp({
    apiUrl: parts.apiUrl,
    timeoutMs: parts.callTimeoutMs,
    connectionsMax: parts.connectionsMax,
    gate,
    versions: apiVersions(parts.apiVersions),
    onAnswer: (operation, status) => {
      metrics.calls.inc({ operation, class: status === 0 ? 'none' : `${Math.floor(status / 100)}xx` })
      if (status === 429) metrics.limited.inc({ operation })
    },
  })
  closing.defer('ghl', () => http.close())
  const { app } = parts
  const ghl = createGhlClient(http, app)
  const company = createCompanyTokens({ pool: tokenPool, ghl, secretKey, clock })
  const privateToken = createPrivateTokenReader(pool, secretKey)
  const bulkGhl = createGhlClient(http, app, 'bulk')
  const { bulk, ...tokens } = createLocationTokens({ company, ghl, bulkGhl, clock, privateToken })
  return {
    gate,
    ghl,
    bulkGhl,
    /** For calls that may only be made while something holds: it is asked right before each. */
    ghlWhile: (beforeSend: () => Promise<void>) =>
      createGhlClient({ ...http, send: (call) => http.send({ ...call, beforeSend }) }, app),
    company,
    tokens,
    bulkTokens: bulk,
    /** Calls left to the agency's own token; null while Redis is away. */
    budgetLeft: (tenant: string) => gate.left(companyBucket(tenant)),
  }
}

async function openGate(parts: GhlConnectionParts): Promise<CallGate> {
  const { clock, log, closing, metrics, callsPer10s: callsMax } = parts
  const redis = await connectRedis(parts.redisUrl, 'delivery', log)
  closing.defer('redis', () => redis.disconnect())
  const limits = { callsMax, windowMs: WINDOW_MS, callsPerDayMax: parts.callsPerDay, bulkShare: BULK_SHARE }
  const gate = createSharedCallGate({
    limits: createSharedLimits(redis, limits),
    callsMax,
    windowMs: WINDOW_MS,
    waitMsMax,
    clock,
    onAway: (error) => {
      metrics.limitsAway.inc()
      log.warn({ error: error.message }, 'redis is away: this process keeps to a quarter of the limits of GHL')
    },
  })
  const timer = setInterval(() => showBudgets(gate, metrics), GAUGE_EVERY_MS)
  closing.defer('budgets', () => clearInterval(timer))
  return gate
}

/** Only those with least left: ten thousand sub-accounts would be as many series. */
function showBudgets(gate: CallGate, { resting, budget }: DeliveryMetrics): void {
  resting.set(gate.resting())
  budget.reset()
  for (const { kind, id, per10s, today } of tightestBudgets(gate.views())) {
    budget.set({ kind, id, span: '10s' }, per10s)
    budget.set({ kind, id, span: 'day' }, today)
  }
}
