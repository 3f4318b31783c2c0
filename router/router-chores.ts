import { type Chore, type ChoreDeps, passPondOn, publishForgotten, wakeHeldLeads } from './chores.ts'
import { type FactDeps, recordWaitingFacts } from './record-facts.ts'
import { missSlaTimers, type SlaDeps } from './sla-timers.ts'
import type { IdentityStore } from './stores/identity-store.ts'
import type { Publisher } from './stores/publisher.ts'
import { gaugeDrift, releaseAllIdle, sweepAllLeases, type TendDeps } from './tend-counters.ts'

export type RouterChoreDeps = ChoreDeps &
  SlaDeps &
  TendDeps &
  FactDeps & {
    publisher: Publisher
    identities: IdentityStore
    /** Tells this router how many wait where. */
    refreshWaiting: () => Promise<void>
  }

const SECOND_MS = 1_000
const MINUTE_MS = 60_000

/** What a router does without being asked by a webhook, and how often. */
export function routerChores(deps: RouterChoreDeps): Record<string, Chore> {
  return {
    'waiting counts': { everyMs: SECOND_MS, isOwn: true, run: deps.refreshWaiting },
    'held leads': { everyMs: SECOND_MS, run: () => wakeHeldLeads(deps) },
    pond: { everyMs: SECOND_MS, run: () => passPondOn(deps) },
    sla: { everyMs: SECOND_MS, run: () => missSlaTimers(deps) },
    'waiting facts': {
      everyMs: 2 * SECOND_MS,
      run: async () => {
        const { withCounters, publisher, identities, clock } = deps
        await withCounters(() => recordWaitingFacts(deps, publisher.facts))
        await identities.recordWaiting(clock())
      },
    },
    outbox: { everyMs: 5 * SECOND_MS, run: () => publishForgotten(deps) },
    leases: { everyMs: 15 * SECOND_MS, run: () => sweepAllLeases(deps) },
    drift: { everyMs: MINUTE_MS, run: () => gaugeDrift(deps) },
    'idle leads': { everyMs: 10 * MINUTE_MS, run: () => releaseAllIdle(deps) },
  }
}
