import { pino } from 'pino'
import { expect, test } from 'vitest'
import { createMetrics } from '../kernel/metrics.ts'
import { createOutcomes } from './outcomes.ts'

test('refusals at any rate cost one line per code and second, which says how many it stands for', () => {
  const lines: { code: string; count: number }[] = []
  const log = pino({}, { write: (line: string) => lines.push(JSON.parse(line)) })
  let nowMs = 0
  const outcomes = createOutcomes(createMetrics('t'), log, () => nowMs)
  for (; nowMs <= 2_000; nowMs++) {
    outcomes.refused('ghl', 'BAD_SIGNATURE', 'r')
    outcomes.refused('ghl', 'UNSIGNED', 'r')
  }
  expect(lines.map(({ code, count }) => [code, count])).toEqual([
    ['BAD_SIGNATURE', 1],
    ['UNSIGNED', 1],
    ['BAD_SIGNATURE', 1_000],
    ['UNSIGNED', 1_000],
    ['BAD_SIGNATURE', 1_000],
    ['UNSIGNED', 1_000],
  ])
})

test('every webhook is counted once, under its route and outcome', async () => {
  const metrics = createMetrics('t')
  const outcomes = createOutcomes(metrics, pino({ level: 'silent' }), () => 0)
  outcomes.accepted('ghl', 'accepted')
  outcomes.accepted('ghl', 'accepted')
  outcomes.accepted('workflow', 'parked-unknown-location')
  outcomes.refused('ghl', 'NOT_STORED', 'r')
  const text = await metrics.registry.metrics()
  expect(text).toContain('hexroute_ingest_received_total{route="ghl",outcome="accepted",process="t"} 2')
  expect(text).toContain('{route="workflow",outcome="parked-unknown-location",process="t"} 1')
  expect(text).toContain('{route="ghl",outcome="not-stored",process="t"} 1')
})
