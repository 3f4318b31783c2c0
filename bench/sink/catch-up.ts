import { setTimeout as pause } from 'node:timers/promises'
import type { ClickHouseClient } from '@clickhouse/client'
import type { Sink } from '../../analytics/sink/start-sink.ts'
import { subjects } from '../../contracts/streams.ts'
import type { Nats } from '../../kernel/nats.ts'
import { makeDecision, makeDelivery, makeEvent, makeFact } from '../../test/support/analytics-messages.ts'
import { startShare } from '../router/processor-share.ts'
import { countRows } from './count-rows.ts'

export type CaughtUp = {
  rows: number
  s: number
  rowsPerS: number
  messagesPerS: number
  rssMb: number
  /** Processor time in microseconds a row, of each process. */
  share: string
}
type World = { nats: Nats; clickhouse: ClickHouseClient; pids: Record<string, number>; start: () => Sink }

const IN_FLIGHT = 2_000
const SPAN_MS = 90 * 86_400_000
const MESSAGES_OF_LEAD = 4
const ROWS_OF_LEAD = 6
const LOOK_EVERY_MS = 50

/** As many messages as told wait in the streams before the sink starts; time ends when all their rows are in all tables. */
export async function catchUp(world: World, messages: number): Promise<CaughtUp> {
  await publishAll(world.nats, messages)
  const rows = (messages / MESSAGES_OF_LEAD) * ROWS_OF_LEAD
  const share = startShare(world.pids)
  const startMs = performance.now()
  const sink = world.start()
  let rssMb = 0
  while ((await countRows(world.clickhouse)) < rows) {
    rssMb = Math.max(rssMb, process.memoryUsage.rss() / 1e6)
    await pause(LOOK_EVERY_MS)
  }
  const s = (performance.now() - startMs) / 1_000
  const spent = share(rows)
  await sink.stop()
  const found = await countRows(world.clickhouse)
  if (found !== rows) throw new Error(`${found} rows instead of ${rows}`)
  return { rows, s, rowsPerS: rows / s, messagesPerS: messages / s, rssMb, share: spent }
}

/** Per lead an event, a decision with two candidates, a delivery and a fact, over 90 days. */
async function publishAll({ jetstream }: Nats, messages: number): Promise<void> {
  let pending: Promise<unknown>[] = []
  for (let n = 0; n < messages / MESSAGES_OF_LEAD; n += 1) {
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
