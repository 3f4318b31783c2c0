import { iso } from '../../kernel/clock.ts'
import type { Logger } from '../../kernel/logger.ts'
import type { Metrics } from '../../kernel/metrics.ts'
import type { LiveSources } from '../live/topic.ts'
import type { Scope } from '../steps/scope.ts'
import { windowMs } from '../steps/window.ts'
import type { Stores } from './conversion.ts'
import { readFeed } from './decision-feed.ts'
import { readLeadCounts } from './lead-counts.ts'
import { readPlaces } from './places.ts'

/** What `/v1/live` reads: whole tenants, from which each topic takes its part. */
export function createLiveSources(stores: Stores, everyMs: number, metrics: Metrics, log: Logger): LiveSources {
  const took = metrics.seconds('live_round_seconds', 'reading all tenants that somebody listens to, once')
  const whole = (tenant: string | null): Scope => ({ tenant, regionIds: [], locationIds: [] })
  return {
    places: (tenant) => readPlaces(stores.postgres, whole(tenant)),
    counts: (tenant, window) =>
      readLeadCounts(stores.clickhouse, whole(tenant), [], stores.clock() - (windowMs(window) ?? 0)),
    feed: (tenant, locationIds, after, limit) => readFeed(stores, tenant, locationIds, after, limit),
    now: () => iso(stores.clock()),
    everyMs,
    onRound: (tookMs) => took.observe(tookMs / 1_000),
    onFault: (error) => log.warn({ error: error.message }, 'live figures not read'),
  }
}
