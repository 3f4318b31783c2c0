import { setTimeout as delay } from 'node:timers/promises'
import type { DeliveryReply, ReconcileReport } from '../../contracts/delivery-request.ts'
import type { Metrics } from '../../kernel/metrics.ts'
import type { Postgres } from '../../kernel/postgres.ts'
import { refused } from '../connection/steps/refusal-of.ts'
import type { ReconcileDeps } from './reconcile-deps.ts'
import { createReconcileMetrics } from './reconcile-metrics.ts'
import { reconcileTenant } from './reconcile-tenant.ts'
import { createFrontDoor } from './stores/front-door.ts'
import { createKnownLeads } from './stores/known-leads.ts'
import { createMarks } from './stores/marks.ts'
import { createTenantLock } from './stores/tenant-lock.ts'

export type ReconcileParts = Pick<ReconcileDeps, 'ghl' | 'tokens' | 'window' | 'stopping' | 'clock' | 'log'> & {
  pool: Postgres
  metrics: Metrics
  ingestUrl: string
  secretKey: string
  everyMs: number
}
export type Reconcile = {
  /** Answers `delivery.request` of this kind: compares now. */
  now: (request: { tenant: string }) => Promise<DeliveryReply>
  /** After `stopping`: waits for the comparison that is under way. */
  stop: () => Promise<void>
}

const INGEST_TIMEOUT_MS = 10_000
/** How soon after it was declared a sub-account is under watch; its contacts of before stay what they are. */
const LOOK_EVERY_MS_MAX = 30_000

/** Compares every connected agency with GHL each `everyMs`, one process at a time, and when asked to. */
export function startReconcile(parts: ReconcileParts): Reconcile {
  const { pool, clock, log, everyMs, stopping } = parts
  const marks = createMarks(pool)
  const frontDoor = createFrontDoor({ ...parts, timeoutMs: INGEST_TIMEOUT_MS })
  const pause = (ms: number) => delay(ms, undefined, { signal: stopping }).catch(() => undefined)
  const deps: ReconcileDeps = { ...parts, marks, leads: createKnownLeads(pool), frontDoor, pause }
  const metrics = createReconcileMetrics(parts.metrics)
  const withLock = createTenantLock(pool)

  const run = (tenant: string): Promise<ReconcileReport | null> =>
    withLock(tenant, async () => {
      await marks.begin(clock())
      const report = await reconcileTenant(deps, tenant)
      if (report === null) return null
      metrics.ran(report, clock())
      const { failed, ...figures } = report
      log.info({ ...figures, failed: failed.length }, 'compared with GHL')
      return report
    })

  const look = async (): Promise<void> => {
    await marks.begin(clock())
    for (const tenant of await marks.due(clock() - everyMs)) if (!stopping.aborted) await run(tenant)
    const oldestMs = await marks.oldestMs()
    if (oldestMs !== null) metrics.lag((clock() - oldestMs) / 1_000)
  }
  let looking: Promise<void> | undefined
  const lookOnce = (): void => {
    looking ??= look()
      .catch((error: Error) => log.warn({ error: error.message }, 'reconcile could not look'))
      .finally(() => {
        looking = undefined
      })
  }
  lookOnce()
  const timer = setInterval(lookOnce, Math.min(LOOK_EVERY_MS_MAX, everyMs))

  return {
    now: async ({ tenant }) => {
      const report = await run(tenant)
      return report === null ? refused('BUSY', BUSY) : { kind: 'reconciled', report }
    },
    stop: async () => {
      clearInterval(timer)
      await looking
    },
  }
}

const BUSY = 'This agency is being compared with GoHighLevel right now: look again in a few minutes.'
