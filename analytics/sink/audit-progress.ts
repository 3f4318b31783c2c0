import type { Metrics } from '../../kernel/metrics.ts'

export type AuditProgress = ReturnType<ReturnType<typeof createAuditProgress>>

/** What the audits found, per stream. */
export function createAuditProgress(metrics: Metrics) {
  const sound = metrics.counter('sink_audit_sound_total', 'looks at a table of a batch that agreed', ['stream'])
  const rows = metrics.counter(
    'sink_audit_rows_total',
    'rows found missing and written again (repaired), standing twice (surplus), or missing for good (gone): alert on any',
    ['stream', 'verdict'],
  )
  return (stream: string) => ({
    sound: (count: number) => sound.inc({ stream }, count),
    found: (verdict: 'repaired' | 'surplus' | 'gone', count: number) => rows.inc({ stream, verdict }, count),
  })
}
