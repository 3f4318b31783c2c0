import type { QueryResultRow } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createPlanStore, type Plan } from '../../analytics/sink/plan-store.ts'
import type { Query } from '../../analytics/sink/shard-lock.ts'
import type { Sink } from '../../analytics/sink/start-sink.ts'
import { streams } from '../../contracts/streams.ts'
import { createMetrics, type Metrics } from '../../kernel/metrics.ts'
import { ensureStream } from '../../kernel/nats.ts'
import { makeEvent } from '../support/analytics-messages.ts'
import { type AnalyticsRig, startAnalyticsRig } from '../support/analytics-rig.ts'
import { until } from '../support/until.ts'

let rig: AnalyticsRig
const contenders: { metrics: Metrics; sink: Sink }[] = []
beforeAll(async () => {
  rig = await startAnalyticsRig()
  for (const metrics of [createMetrics('one'), createMetrics('two')]) {
    contenders.push({ metrics, sink: rig.sink({ metrics }) })
  }
  await untilOneIsActive()
})
afterAll(() => rig?.stop())

test('when the active sink loses its lock it stops, the other goes on, and no event is lost or doubled', async () => {
  await publish(0, 50)
  await until('the first fifty', 10_000, counts, ([count]) => count === 50)
  await rig.postgres.query(
    `SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted AND pid <> pg_backend_pid()`,
  )
  await publish(50, 50)
  expect(await until('all hundred', 20_000, counts, ([count]) => count! >= 100)).toEqual([100, 100])
  await untilOneIsActive()
})

test('when the active sink is stopped the standby takes over', async () => {
  const [one] = await active()
  await contenders[one ? 0 : 1]!.sink.stop()
  await publish(100, 10)
  expect(await until('ten more', 20_000, counts, ([count]) => count! >= 110)).toEqual([110, 110])
})

test('what arrives while ClickHouse is away is written when it is back, once', async () => {
  const before = await faults()
  await rig.clickhouseBackend.kill()
  await publish(110, 40)
  await until('the sink has met the outage', 15_000, faults, (count) => count > before)
  await rig.clickhouseBackend.restart()
  expect(await until('forty more', 30_000, counts, ([count]) => count! >= 150)).toEqual([150, 150])
})

test('a stream that was made anew is written from its first message', async () => {
  await rig.nats.manager.streams.delete(streams.events.name)
  await ensureStream(rig.nats.manager, streams.events)
  await publish(150, 5)
  expect(await until('five more', 20_000, counts, ([count]) => count! >= 155)).toEqual([155, 155])
})

test('a sink of an earlier epoch can neither plan a batch nor mark one done, nor record a refusal', async () => {
  const query: Query = <Row>(sql: string, values: unknown[]) => rig.postgres.query<Row & QueryResultRow>(sql, values)
  const [deposed, holder] = [createPlanStore(query, 'elsewhere'), createPlanStore(query, 'elsewhere')]
  await deposed.takeOver('EVENTS')
  const plan = planOf(1)
  await deposed.save(plan)
  await holder.takeOver('EVENTS')
  const range = { table: 'events', firstSeq: 1, lastSeq: 2 }
  const times = { firstAt: plan.streamCreated, lastAt: plan.streamCreated }
  await expect(deposed.save(planOf(3))).rejects.toThrow('another sink has taken EVENTS')
  await expect(deposed.markDone(plan, [], times)).rejects.toThrow('another sink has taken EVENTS')
  await expect(deposed.recordRefused(plan, range)).rejects.toThrow('another sink has taken EVENTS')
  expect(await holder.newest('EVENTS', plan.streamCreated)).toMatchObject({ firstSeq: 1, done: false, refused: [] })
  await holder.markDone(plan, [], times)
  expect(await holder.newest('EVENTS', plan.streamCreated)).toMatchObject({ firstSeq: 1, done: true })
})

const planOf = (firstSeq: number): Plan => ({
  ...{ stream: 'EVENTS', streamCreated: '2026-10-01T00:00:00.000Z' },
  ...{ firstSeq, lastSeq: firstSeq + 1, rowCount: 2, token: `token${firstSeq}`, refused: [] },
})

const publish = (from: number, count: number): Promise<void> =>
  rig.publish(
    'event',
    Array.from({ length: count }, (_, n) => makeEvent(from + n, Date.now())),
  )

/** Rows as they lie there, and distinct events. */
async function counts(): Promise<number[]> {
  const rows = await rig
    .rows<{ rows: number; ids: number }>(
      `SELECT toUInt32(count()) AS rows, toUInt32(uniqExact(event_id)) AS ids FROM hexroute.events`,
    )
    .catch(() => [])
  return rows.flatMap((row) => [row.rows, row.ids])
}

const active = (): Promise<boolean[]> =>
  Promise.all(contenders.map(async ({ metrics }) => (await readMetric(metrics, 'hexroute_sink_active')) === 1))

/** Who lost his lock hears of it a moment after the other has it. */
const untilOneIsActive = () =>
  until('one of two is active', 20_000, active, (flags) => flags.filter(Boolean).length === 1)

const faults = async (): Promise<number> =>
  (await Promise.all(contenders.map(({ metrics }) => readMetric(metrics, 'hexroute_sink_faults_total')))).reduce(
    (sum, count) => sum + count,
    0,
  )

async function readMetric(metrics: Metrics, name: string): Promise<number> {
  const values = (await metrics.registry.getSingleMetric(name)?.get())?.values ?? []
  return values.reduce((sum, { value }) => sum + value, 0)
}
