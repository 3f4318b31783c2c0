import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Sink } from '../../analytics/sink/start-sink.ts'
import type { DeadLetter } from '../../contracts/dead-letter.ts'
import { streams } from '../../contracts/streams.ts'
import { createMetrics } from '../../kernel/metrics.ts'
import { makeEvent } from '../support/analytics-messages.ts'
import { type AnalyticsRig, startAnalyticsRig } from '../support/analytics-rig.ts'
import { sinkThatDies } from '../support/sink-process.ts'
import { until } from '../support/until.ts'

let rig: AnalyticsRig
let sink: Sink
const metrics = createMetrics('test')
beforeAll(async () => {
  rig = await startAnalyticsRig()
  // A real refusal for the data of a row, such as no message that keeps its contract causes today.
  await alter(`ADD CONSTRAINT no_poison CHECK entity_id != 'poison'`)
})
afterAll(() => rig?.stop())

test('what ClickHouse refuses becomes a dead letter, all else of the batch is in once, also when killed in between', async () => {
  await publish(0, 200, [130, 131, 199])
  // The batch is refused, its left half goes in, and the process ends; then it ends before a part of the right half.
  expect(await sinkThatDies(rig.env, { when: 'after', table: 'events', insert: 2 })).toBe('SIGKILL')
  expect(await sinkThatDies(rig.env, { when: 'before', table: 'events', insert: 4 })).toBe('SIGKILL')
  sink = rig.sink({ metrics, limits: { rowsMax: 1_000, bytesMax: 16 * 1024 ** 2, lingerMs: 500 } })
  await until('the batch is done', 30_000, doneSeq, (seq) => seq === 200)
  expect(await counts()).toEqual([197, 197])
  const letters = await readLetters()
  expect(letters.map(({ code, streamSequence }) => [code, streamSequence])).toEqual(
    [131, 132, 200].map((seq) => ['REFUSED_BY_CLICKHOUSE', seq]),
  )
  expect(letters[0]!.detail).toBe('events: code 469')
  expect(await ledger()).toEqual({ rows: 197, poison: 3 })
})

test('a table that refuses everything is no matter of rows: the stream waits, and nothing is set aside', async () => {
  await alter(`ADD CONSTRAINT none CHECK entity_id = 'nobody'`)
  const before = await faults()
  await publish(200, 150)
  await until('the sink has given up twice', 30_000, faults, (count) => count >= before + 2)
  await alter('DROP CONSTRAINT none')
  await until('all are in', 30_000, doneSeq, (seq) => seq === 350)
  expect(await counts()).toEqual([347, 347])
  expect(await readLetters()).toHaveLength(3)
})

test('a view that throws halts the stream, and leaves each row once when it is mended', async () => {
  await rig.clickhouse.command({
    query: `CREATE MATERIALIZED VIEW hexroute.broken ENGINE = MergeTree ORDER BY a AS
              SELECT throwIf(entity_id = 'contact360') AS a FROM hexroute.events`,
  })
  const before = await faults()
  await publish(350, 20)
  await until('the sink has met it', 30_000, faults, (count) => count > before)
  await rig.clickhouse.command({ query: 'DROP VIEW hexroute.broken' })
  await until('all are in', 30_000, doneSeq, (seq) => seq === 370)
  expect(await counts()).toEqual([367, 367])
})

test('lines of the ledger go after a day', async () => {
  await sink.stop()
  await rig.postgres.query(`UPDATE hexroute.sink_ledger SET done_at = now() - interval '25 hours'`)
  rig.sink()
  await publish(370, 5)
  await until(
    'only the new line',
    20_000,
    async () => (await ledger()).rows,
    (rows) => rows === 5,
  )
})

const alter = (change: string) => rig.clickhouse.command({ query: `ALTER TABLE hexroute.events ${change}` })

const publish = (from: number, count: number, poisoned: number[] = []): Promise<void> =>
  rig.publish(
    'event',
    Array.from({ length: count }, (_, n) =>
      makeEvent(from + n, Date.now(), poisoned.includes(n) ? { entityId: 'poison' } : {}),
    ),
  )

async function counts(): Promise<number[]> {
  const [row] = await rig.rows<{ rows: number; ids: number }>(
    `SELECT toUInt32(count()) AS rows, toUInt32(uniqExact(event_id)) AS ids FROM hexroute.events`,
  )
  return [row!.rows, row!.ids]
}

async function doneSeq(): Promise<number> {
  const { rows } = await rig.postgres.query<{ last: number | null }>(
    `SELECT max(last_seq)::int AS last FROM hexroute.sink_plans WHERE state = 'done' AND stream = 'EVENTS'`,
  )
  return rows[0]!.last ?? 0
}

async function ledger() {
  const { rows } = await rig.postgres.query(
    `SELECT sum(row_count)::int AS rows, sum(cardinality(poison))::int AS poison FROM hexroute.sink_ledger`,
  )
  return rows[0]
}

async function readLetters(): Promise<DeadLetter[]> {
  const { state } = await rig.nats.manager.streams.info(streams.deadLetters.name)
  const letters: DeadLetter[] = []
  for (let seq = state.first_seq; seq <= state.last_seq; seq += 1) {
    const message = await rig.nats.manager.streams.getMessage(streams.deadLetters.name, { seq })
    letters.push(message!.json<DeadLetter>())
  }
  return letters
}

async function faults(): Promise<number> {
  const values = (await metrics.registry.getSingleMetric('hexroute_sink_faults_total')?.get())?.values ?? []
  return values.reduce((sum, { value }) => sum + value, 0)
}
