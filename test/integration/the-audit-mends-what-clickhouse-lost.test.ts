import { afterAll, beforeAll, expect, test } from 'vitest'
import { streams } from '../../contracts/streams.ts'
import { createMetrics } from '../../kernel/metrics.ts'
import { leadId, makeDecision, makeEvent } from '../support/analytics-messages.ts'
import { type AnalyticsRig, startAnalyticsRig } from '../support/analytics-rig.ts'
import { until } from '../support/until.ts'

const createdMs = Date.UTC(2026, 9, 1)
const metrics = createMetrics('test')

let rig: AnalyticsRig
beforeAll(async () => {
  rig = await startAnalyticsRig()
  rig.sink({
    metrics,
    limits: { rowsMax: 50, bytesMax: 16 * 1024 ** 2, lingerMs: 20 },
    audit: { everyMs: 100, afterMs: 0, againMs: 300 },
  })
})
afterAll(() => rig?.stop())

test('what ClickHouse holds as it was written is sound', async () => {
  const numbers = (count: number): number[] => Array.from({ length: count }, (_, n) => n)
  const events = numbers(200).map((n) => makeEvent(n, createdMs + n))
  const decisions = numbers(100).map((n) => makeDecision(n, createdMs + n))
  await Promise.all([rig.publish('event', events), rig.publish('decision', decisions)])
  await until('all looked at', 20_000, unlooked, (count) => count === 0)
  expect([await found('repaired'), await found('surplus'), await found('gone')]).toEqual([0, 0, 0])
})

test('rows that ClickHouse lost are written again from the stream; again when they are lost again', async () => {
  for (const round of [1, 2]) {
    await remove('events', 'stream_seq BETWEEN 60 AND 79')
    await remove('decision_candidates', `lead_id = '${leadId(7)}'`)
    await found('repaired', (rows) => rows === round * 22)
    expect([await count('events'), await count('decision_candidates')]).toEqual([200, 200])
  }
})

test('rows that stand twice are said', async () => {
  await rig.clickhouse.command({
    query: 'INSERT INTO hexroute.events SELECT * FROM hexroute.events WHERE stream_seq BETWEEN 10 AND 14',
  })
  await found('surplus', (rows) => rows >= 5)
  await rig.clickhouse.command({ query: 'OPTIMIZE TABLE hexroute.events FINAL' })
})

test('an event that came twice, and whose first row a merge has taken away, is not written a second time', async () => {
  const before = await found('repaired')
  await rig.publish('event', [makeEvent(3, createdMs + 3)])
  await until(
    'both rows',
    20_000,
    () => count('events'),
    (rows) => rows === 201,
  )
  await rig.clickhouse.command({ query: 'OPTIMIZE TABLE hexroute.events FINAL' })
  await rig.postgres.query('UPDATE hexroute.sink_ledger SET audited_at = NULL')
  await until('looked at again', 20_000, unlooked, (left) => left === 0)
  expect([await found('repaired'), await count('events')]).toEqual([before, 200])
})

test('rows whose messages the stream has dropped are said to be gone', async () => {
  await rig.nats.manager.streams.purge(streams.events.name, { seq: 101 })
  await remove('events', 'stream_seq BETWEEN 51 AND 60')
  await found('gone', (rows) => rows >= 10)
  expect(await count('events')).toBe(190)
})

const remove = (table: string, where: string) =>
  rig.clickhouse.command({ query: `ALTER TABLE hexroute.${table} DELETE WHERE ${where} SETTINGS mutations_sync = 1` })

async function count(table: string): Promise<number> {
  const [row] = await rig.rows<{ n: number }>(`SELECT toUInt32(count()) AS n FROM hexroute.${table}`)
  return row!.n
}

/** Lines of the ledger that no audit has looked at, or that are still to come. */
async function unlooked(): Promise<number> {
  const { rows } = await rig.postgres.query<{ open: number; rows: number }>(
    `SELECT count(*) FILTER (WHERE audited_at IS NULL)::int AS open, coalesce(sum(row_count), 0)::int AS rows
       FROM hexroute.sink_ledger WHERE table_name IN ('events', 'decisions')`,
  )
  return Math.max(0, 300 - rows[0]!.rows) + rows[0]!.open
}

/** Rows of a verdict, when they are as many as wished. */
async function found(verdict: string, isEnough = (_rows: number): boolean => true): Promise<number> {
  const read = async (): Promise<number> => {
    const { values } = await metrics.registry.getSingleMetric('hexroute_sink_audit_rows_total')!.get()
    return values.filter(({ labels }) => labels.verdict === verdict).reduce((sum, { value }) => sum + value, 0)
  }
  return until(verdict, 20_000, read, isEnough)
}
