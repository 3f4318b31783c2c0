import type { Decision } from '../contracts/decision.ts'
import type { LeadFact } from '../contracts/lead-fact.ts'
import type { Metrics } from '../kernel/metrics.ts'

export type RouterMetrics = {
  routed: (decisions: readonly Decision[], facts: readonly LeadFact[]) => void
  deadLetters: { inc: () => void }
  rebuilds: { inc: () => void }
  drift: (tenant: string, counters: number) => void
}

export function createRouterMetrics(metrics: Metrics): RouterMetrics {
  const decided = metrics.counter('decisions_total', 'Decisions by outcome', ['outcome', 'tier', 'fallback'])
  const facts = metrics.counter('lead_facts_total', 'Facts recorded about leads', ['fact'])
  const latency = metrics.seconds('lead_to_decision_seconds', 'From receipt at the gateway to the published decision')
  const drift = metrics.gauge('counter_drift', 'Counters in Redis that are not the fold of the reservations', [
    'tenant',
  ])
  return {
    drift: (tenant, counters) => drift.set({ tenant }, counters),
    routed: (decisions, recorded) => {
      const now = Date.now()
      for (const { outcome, tier, fallback, leadCreatedAt } of decisions) {
        decided.inc({ outcome, tier: tier ?? 'none', fallback: fallback ?? 'none' })
        latency.observe((now - Date.parse(leadCreatedAt)) / 1000)
      }
      for (const { fact } of recorded) facts.inc({ fact })
    },
    deadLetters: metrics.counter('router_dead_letters_total', 'Events that could not be handled'),
    rebuilds: metrics.counter('counter_rebuilds_total', 'Counters rebuilt from Postgres'),
  }
}
