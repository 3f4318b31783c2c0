import { setTimeout as pause } from 'node:timers/promises'
import type { ClickHouseClient } from '@clickhouse/client'
import type { Sink } from '../../analytics/sink/start-sink.ts'
import { subjects } from '../../contracts/streams.ts'
import type { Nats } from '../../kernel/nats.ts'
import { makeDecision, makeDelivery, makeEvent, makeFact } from '../../test/support/analytics-messages.ts'
import { countRows } from './count-rows.ts'

export type CaughtUp = { rows: number; s: number; rowsPerS: number; messagesPerS: number; rssMb: number }
type World = { nats: Nats; clickhouse: ClickHouseClient; start: () => Sink }

const IN_FLIGHT = 2_000
const SPAN_MS = 90 * 86_400_000

/** As many messages as told wait in the streams before the sink starts; rows are those of all tables that it fills itself. */
export async function catchUp(world: World, messages: number): Promise<CaughtUp> {
  await publishAll(world.nats, messages)
  const before = await countRows(world.clickhouse)
  const startMs = performance.now()
  const sink = world.start()
  let rssMb = 0
  while (!(await isWritten(world, messages))) {
    rssMb = Math.max(rssMb, process.memoryUsage.rss() / 1e6)
    await pause(100)
  }
  const s = (performance.now() - startMs) / 1_000
  await sink.stop()
  const rows = (await countRows(world.clickhouse)) - before
  return { rows, s, rowsPerS: rows / s, messagesPerS: messages / s, rssMb }
}

/** Per lead an event, a decision with two candidates, a delivery and a fact, over 90 days. */
async function publishAll({ jetstream }: Nats, messages: number): Promise<void> {
  let pending: Promise<unknown>[] = []
  for (let n = 0; n < messages / 4; n += 1) {
    const at = Date.UTC(2026, 7, 1) + ((n * 7_919_000) % SPAN_MS)
    const bodies: [string, object][] = [
      [subjects.event('agencyA', 'l', 'x'), makeEvent(n, at)],
      [subjects.decision('agencyA', 'l', 'x'), makeDecision(n, at)],
      [subjects.delivery('agencyA', 'l', 'x'), makeDelivery(n, at)],
      [subjects.fact('agencyA', 'l', 'x'), makeFact(n, 'won', at, 7_200_000)],
    ]
    pending.push(
      ...bodies.map(([subject, body]) => jetstream.publish(subject, JSON.stringify(body), { timeout: 30_000 })),
    )
    if (pending.length >= IN_FLIGHT) {
      await Promise.all(pending)
      pending = []
    }
  }
  await Promise.all(pending)
}

const tablesOf = ['events', 'decisions', 'deliveries', 'lead_facts']

async function isWritten({ clickhouse }: World, messages: number): Promise<boolean> {
  const found = await clickhouse.query({
    query: `SELECT sum(total_rows) AS rows FROM system.tables WHERE database = 'hexroute' AND has({tables:Array(String)}, name)`,
    query_params: { tables: tablesOf },
    format: 'JSONEachRow',
  })
  const [row] = await found.json<{ rows: string }>()
  return Number(row?.rows) >= messages
}
