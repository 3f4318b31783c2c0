import type { Metrics } from '../../kernel/metrics.ts'

export type NoticeMetrics = ReturnType<typeof createNoticeMetrics>

/** Is everybody told, and in time. */
export function createNoticeMetrics(metrics: Metrics) {
  return {
    planned: metrics.counter('notices_planned_total', 'Notices that channels are to carry, by event', ['event']),
    settled: metrics.counter('notices_total', 'Notices by kind of channel and what became of them', ['kind', 'result']),
    lag: metrics.gauge('notices_due_lag_seconds', 'How late the oldest notice is that is due and not sent'),
  }
}
