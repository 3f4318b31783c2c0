import type { LiveOrganisation } from './live-organisation.ts'
import type { RouterMetrics } from './router-metrics.ts'
import { measureDrift } from './stores/measure-drift.ts'
import { releaseIdle } from './stores/release-idle.ts'
import { type CapacityStores, sweepLeases } from './stores/sweep-leases.ts'
import type { WithCounters } from './with-counters.ts'

export type TendDeps = {
  stores: CapacityStores
  organisation: LiveOrganisation
  metrics: RouterMetrics
  withCounters: WithCounters
  clock: () => number
}

const CONCURRENT_DAYS = 30

/** Gives places back whose router died between reservation and commit. */
export async function sweepAllLeases({ stores, organisation, withCounters, clock }: TendDeps): Promise<void> {
  for (const tenant of organisation.tenants()) await withCounters(() => sweepLeases(stores, tenant, clock()))
}

/** Leads with which nothing has happened for long count in no concurrent cap any more. */
export async function releaseAllIdle({ stores, organisation, withCounters, clock }: TendDeps): Promise<void> {
  for (const tenant of organisation.tenants()) {
    const { concurrentDays } = organisation.ruleset(tenant).document
    await withCounters(() => releaseIdle(stores, tenant, concurrentDays ?? CONCURRENT_DAYS, clock()))
  }
}

/** The gauge that must be 0: counters that are not the fold of the reservations. */
export async function gaugeDrift({ stores, organisation, metrics, withCounters }: TendDeps): Promise<void> {
  for (const tenant of organisation.tenants()) {
    const { drifted } = await withCounters(() => measureDrift(stores.pool, stores.redis, tenant))
    metrics.drift(tenant, drifted)
  }
}
