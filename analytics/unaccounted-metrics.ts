import type { Logger } from '../kernel/logger.ts'
import type { Metrics } from '../kernel/metrics.ts'
import { gapKinds } from './steps/unaccounted.ts'
import type { Stores } from './stores/conversion.ts'
import { readTenants } from './stores/tenants.ts'
import { readGaps } from './stores/unaccounted.ts'

/** A lost lead stays in the alert for a week: it does not mend itself by growing old. */
const LOOK_BACK_MS = 7 * 86_400_000

export type UnaccountedMetrics = { measure: () => Promise<void>; stop: () => Promise<void> }

/** The alert's source: leads that are nowhere, per tenant and kind, measured again and again, and when that last went well. */
export function startUnaccountedMetrics(
  stores: Stores,
  everyMs: number,
  metrics: Metrics,
  log: Logger,
): UnaccountedMetrics {
  const leads = metrics.gauge('unaccounted_leads', 'Leads of the last 7 days that are nowhere: alert above 0', [
    'tenant',
    'kind',
  ])
  const checked = metrics.gauge('unaccounted_checked_timestamp_seconds', 'When unaccounted_leads was last measured')
  async function measure(): Promise<void> {
    const nowMs = stores.clock()
    const [tenants, { gaps }] = await Promise.all([
      readTenants(stores.postgres),
      readGaps(stores, null, nowMs - LOOK_BACK_MS),
    ])
    leads.reset()
    for (const tenant of tenants) for (const kind of gapKinds) leads.set({ tenant, kind }, 0)
    for (const { tenant, kind } of gaps) leads.inc({ tenant, kind })
    checked.set(nowMs / 1_000)
  }
  let measuring: Promise<void> | undefined
  const once = (): Promise<void> => {
    measuring ??= measure()
      .catch((error: Error) => log.warn({ error: error.message }, 'unaccounted leads not measured'))
      .finally(() => {
        measuring = undefined
      })
    return measuring
  }
  const timer = setInterval(once, everyMs)
  return {
    measure: once,
    stop: async () => {
      clearInterval(timer)
      await measuring
    },
  }
}
