import { randomUUID } from 'node:crypto'
import { pino } from 'pino'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createMetrics } from '../../kernel/metrics.ts'
import type { Postgres } from '../../kernel/postgres.ts'
import { createSeenEvents } from './seen-events.ts'
import { createSeenLookup } from './seen-lookup.ts'

type Query = { text: string; values: [string[]] }

/** Stands for an outage that a real server cannot be asked to have; the real one is in test/integration. */
function outage() {
  const state = { away: false, written: [] as string[], queries: [] as Query[] }
  const query = async (request: Query) => {
    state.queries.push(request)
    if (state.away) throw new Error('connection refused')
    state.written.push(...request.values[0])
    return { rows: [], rowCount: 0 }
  }
  return { state, postgres: { query } as unknown as Postgres }
}
const dropped = async (metrics: ReturnType<typeof createMetrics>) =>
  (await metrics.registry.getSingleMetric('hexroute_ingest_seen_dropped_total')!.get()).values[0]!.value

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

test('what was accepted while Postgres was away is remembered when it is back, with one log line per 5 seconds', async () => {
  const { state, postgres } = outage()
  const lines: string[] = []
  const seen = createSeenEvents(postgres, createMetrics('t'), pino({}, { write: (line: string) => lines.push(line) }))
  state.away = true
  const ids = Array.from({ length: 5_000 }, randomUUID)
  for (const id of ids) seen.add(id)
  await vi.advanceTimersByTimeAsync(20_000)
  expect(state.written).toEqual([])
  expect(lines.length).toBeGreaterThan(0)
  expect(lines.length).toBeLessThanOrEqual(5)
  state.away = false
  await vi.advanceTimersByTimeAsync(6_000)
  expect(state.written).toEqual(ids)
})

test('a long outage does not grow the process: what is beyond the bound is dropped and counted', async () => {
  const { state, postgres } = outage()
  const metrics = createMetrics('t')
  const seen = createSeenEvents(postgres, metrics, pino({ level: 'silent' }))
  state.away = true
  for (let count = 0; count < 60_007; count++) seen.add('id')
  expect(await dropped(metrics)).toBe(7)
})

test('look-ups share queries: while one runs the others wait for the next', async () => {
  const { state, postgres } = outage()
  const lookup = createSeenLookup(postgres, createMetrics('t'))
  const answers = await Promise.all(Array.from({ length: 100 }, () => lookup(randomUUID())))
  expect(answers).toEqual(Array(100).fill(false))
  expect(state.queries.map(({ values }) => values[0].length)).toEqual([1, 99])
})

test('a database that does not answer holds a look-up for half a second, and the next ones not at all', async () => {
  const query = vi.fn(() => new Promise(() => {}))
  const lookup = createSeenLookup({ query } as unknown as Postgres, createMetrics('t'))
  const first = lookup(randomUUID())
  await vi.advanceTimersByTimeAsync(500)
  expect(await first).toBe(false)
  expect(await lookup(randomUUID())).toBe(false)
  expect(query).toHaveBeenCalledTimes(1)
})
