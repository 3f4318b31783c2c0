import type { ReconcileReport } from '../../contracts/delivery-request.ts'
import type { Metrics } from '../../kernel/metrics.ts'

/** What an operator watches of comparing with GHL: that it runs, how far behind it is, and what it finds. */
export function createReconcileMetrics(metrics: Metrics) {
  const lastRun = metrics.gauge('reconcile_last_run_timestamp_seconds', 'When an agency was last compared with GHL', [
    'tenant',
  ])
  const takenIn = metrics.counter('reconcile_taken_in_total', 'Events that never came by webhook and were taken in')
  const failures = metrics.counter('reconcile_failures_total', 'Sub-accounts not compared, by code', ['code'])
  const missing = metrics.gauge('reconcile_missing_in_ghl', 'Delivered leads that GHL does not have any more', [
    'tenant',
  ])
  const undelivered = metrics.gauge('reconcile_undelivered', 'Leads assigned over 15 minutes ago and not delivered', [
    'tenant',
  ])
  const lag = metrics.gauge('reconcile_lag_seconds', 'Age of the oldest mark: what is older is compared everywhere')
  return {
    lag: (seconds: number) => lag.set(seconds),
    ran: (report: ReconcileReport, nowMs: number) => {
      const { tenant } = report
      lastRun.set({ tenant }, nowMs / 1_000)
      takenIn.inc(report.takenIn)
      for (const { code } of report.failed) failures.inc({ code })
      missing.set({ tenant }, report.missingInGhl)
      undelivered.set({ tenant }, report.undelivered)
    },
  }
}
