import type { Metrics } from '../kernel/metrics.ts'

export type DeliveryMetrics = ReturnType<typeof createDeliveryMetrics>

/** What an operator watches: rates by result, GHL's answers, the limit, and how long a lead takes to reach its location. */
export function createDeliveryMetrics(metrics: Metrics) {
  return {
    deliveries: metrics.counter('deliveries_total', 'Leads delivered or given up', ['state']),
    tries: metrics.counter('delivery_tries_total', 'Tries that settled leads needed', ['state']),
    faults: metrics.counter('delivery_faults_total', 'Failed tries by code', ['code']),
    warnings: metrics.counter('delivery_warnings_total', 'Leads delivered otherwise than was set, by code', ['code']),
    outages: metrics.gauge('location_outages_open', 'Sub-accounts that cannot be written to at present'),
    calls: metrics.counter('ghl_calls_total', 'Calls to GHL by operation and status class', ['operation', 'class']),
    limited: metrics.counter('ghl_rate_limited_total', 'Answers 429 by operation', ['operation']),
    latency: metrics.seconds('delivery_latency_seconds', 'From decision to delivered'),
    running: metrics.gauge('deliveries_running', 'Leads being written to GHL now'),
    budget: metrics.gauge('ghl_budget_left', 'Calls left to those with least, by span: 10s or day', [
      'kind',
      'id',
      'span',
    ]),
    limitsAway: metrics.counter('ghl_limits_alone_total', 'Times that Redis went away and this process limited itself'),
    resting: metrics.gauge('ghl_buckets_resting', 'Sub-accounts and companies that GHL told to wait'),
  }
}
