import { setTimeout as pause } from 'node:timers/promises'
import type { ClickHouseClient } from '@clickhouse/client'
import type { Sink } from '../../analytics/sink/start-sink.ts'
import type { Nats } from '../../kernel/nats.ts'
import { startShare } from '../router/processor-share.ts'
import { countRows } from './count-rows.ts'
import { MESSAGES_OF_LEAD, publishLeads, ROWS_OF_LEAD } from './publish-leads.ts'

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

const LOOK_EVERY_MS = 50

/** As many messages as told wait in the streams before the sink starts; time ends when all their rows are in all tables. */
export async function catchUp(world: World, messages: number): Promise<CaughtUp> {
  await publishLeads(world.nats, messages / MESSAGES_OF_LEAD)
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
