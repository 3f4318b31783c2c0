import { setTimeout as pause } from 'node:timers/promises'
import type { ClickHouseClient } from '@clickhouse/client'
import { subjects } from '../../contracts/streams.ts'
import type { Nats } from '../../kernel/nats.ts'
import { makeEvent } from '../../test/support/analytics-messages.ts'

export type Visible = { n: number; p50Ms: number; p99Ms: number; maxMs: number }
type World = { nats: Nats; clickhouse: ClickHouseClient }

const FIRST = 10_000_000
const LOOK_EVERY_MS = 20

/**
 * From the moment before a publish to the first answer of ClickHouse that counts the row; events come evenly, and the
 * looks add up to 20 ms and the query.
 */
export async function untilVisible(
  { nats, clickhouse }: World,
  rate: { perS: number; forS: number },
): Promise<Visible> {
  const total = rate.perS * rate.forS
  const sentMs: number[] = []
  const waitsMs: number[] = []
  const startMs = performance.now()
  const sending = (async () => {
    const pending: Promise<unknown>[] = []
    while (sentMs.length < total) {
      const due = Math.min(total, Math.floor(((performance.now() - startMs) * rate.perS) / 1_000))
      while (sentMs.length < due) {
        const event = makeEvent(FIRST + sentMs.length, Date.UTC(2026, 10, 1) + sentMs.length)
        sentMs.push(performance.now())
        pending.push(
          nats.jetstream.publish(subjects.event('visible', 'l', 'x'), JSON.stringify({ ...event, tenant: 'visible' })),
        )
      }
      await pause(5)
    }
    await Promise.all(pending)
  })()
  while (waitsMs.length < total) {
    const found = await clickhouse.query({
      query: `SELECT count() AS rows FROM hexroute.events WHERE tenant = 'visible'`,
      format: 'JSONEachRow',
    })
    const [row] = await found.json<{ rows: string }>()
    const now = performance.now()
    // One stream, written in its order: so many rows are the first so many.
    while (waitsMs.length < Number(row?.rows)) waitsMs.push(now - sentMs[waitsMs.length]!)
    await pause(LOOK_EVERY_MS)
  }
  await sending
  const ordered = waitsMs.sort((a, b) => a - b)
  const at = (share: number): number => ordered[Math.min(ordered.length - 1, Math.floor(ordered.length * share))]!
  return { n: total, p50Ms: at(0.5), p99Ms: at(0.99), maxMs: at(1) }
}
