import { loadavg } from 'node:os'
import { setTimeout as pause } from 'node:timers/promises'
import type { ClickHouseClient } from '@clickhouse/client'
import type { Nats } from '../../kernel/nats.ts'
import { processorTimeMs } from '../ingest/processor-time.ts'
import type { AnalyticsProcess } from './analytics-process.ts'
import { countRows } from './count-rows.ts'
import { MESSAGES_OF_LEAD, publishSteadily, ROWS_OF_LEAD } from './publish-leads.ts'

export type OutageWorld = {
  nats: Nats
  clickhouse: ClickHouseClient
  analytics: AnalyticsProcess
  natsPid: number
  takeAway: () => Promise<void>
  bringBack: () => Promise<void>
}
type Look = { atS: number; phase: string; lag: number; rssMb: number; faults: number; sinkMs: number; natsMs: number }
export type Outage = {
  looks: Look[]
  backlog: number
  caughtUpS: number
  arrived: number
  rows: number
  expected: number
}

const LEADS_PER_S = 250
const BEFORE_S = 10
/** As far behind as a sink in step with so much traffic is now and then. */
const IN_STEP = 2_000

/** ClickHouse away under steady traffic, and back under the same. */
export async function outage(world: OutageWorld, awayS: number): Promise<Outage> {
  const stop = new AbortController()
  const published = publishSteadily(world.nats, LEADS_PER_S, stop.signal)
  const looks: Look[] = []
  const startMs = performance.now()
  const look = async (phase: string): Promise<Look> => {
    const { analytics } = world
    const seen = {
      ...{ atS: Math.round((performance.now() - startMs) / 1_000), phase },
      lag: await analytics.metric('hexroute_sink_lag_messages'),
      rssMb: (await analytics.metric('process_resident_memory_bytes')) / 1e6,
      faults: await analytics.metric('hexroute_sink_faults_total'),
      ...{ sinkMs: processorTimeMs(analytics.pid), natsMs: processorTimeMs(world.natsPid) },
    }
    looks.push(seen)
    console.error(JSON.stringify(seen))
    return seen
  }
  await pause(BEFORE_S * 1_000)
  await look('before')
  await world.takeAway()
  for (let n = 0; n < 6; n += 1) {
    await pause((awayS * 1_000) / 6)
    await look('away')
  }
  const backlog = looks.at(-1)!.lag
  await world.bringBack()
  const backMs = performance.now()
  const arrivedBefore = await lastSeqs(world.nats)
  // The metric is a second old at most.
  while ((await world.analytics.metric('hexroute_sink_lag_messages')) > IN_STEP) await pause(200)
  const caughtUpS = (performance.now() - backMs) / 1_000
  const arrived = (await lastSeqs(world.nats)) - arrivedBefore
  await look('caught up')
  stop.abort()
  const expected = (await published) * ROWS_OF_LEAD
  while ((await countRows(world.clickhouse)) < expected) await pause(200)
  await look('at rest')
  return { looks, backlog, caughtUpS, arrived, rows: await countRows(world.clickhouse), expected }
}

async function lastSeqs({ manager }: Nats): Promise<number> {
  const found = await Promise.all(
    ['EVENTS', 'DECISIONS', 'DELIVERIES', 'FACTS'].map((name) => manager.streams.info(name)),
  )
  return found.reduce((sum, { state }) => sum + state.last_seq, 0)
}

export function outageReport({ looks, backlog, caughtUpS, arrived, rows, expected }: Outage, awayS: number): string {
  const whole = (value: number): string => Math.round(value).toLocaleString('en-US')
  const share = (ms: number, s: number): string => (s > 0 ? `${Math.round(ms / s / 10)} %` : '')
  return [
    `## ClickHouse away for ${awayS} s under ${LEADS_PER_S * MESSAGES_OF_LEAD} messages a second`,
    '',
    `Command: \`AWAY_S=${awayS} node --import tsx bench/sink-outage.ts\`, load average ${loadavg()[0]?.toFixed(1)}.`,
    '',
    '| at s | | messages behind | analytics MB | failed runs so far | processor of analytics | of NATS |',
    '|---|---|---|---|---|---|---|',
    ...looks.map((look, n) => {
      const before = looks[n - 1]
      const s = before ? look.atS - before.atS : look.atS
      return `| ${look.atS} | ${look.phase} | ${whole(look.lag)} | ${whole(look.rssMb)} | ${look.faults} | ${share(look.sinkMs - (before?.sinkMs ?? 0), s)} | ${share(look.natsMs - (before?.natsMs ?? 0), s)} |`
    }),
    '',
    `In step again after ${caughtUpS.toFixed(1)} s: ${whole((backlog + arrived) / caughtUpS)} messages/s, new ones among them. Rows ${whole(rows)} of ${whole(expected)} published.`,
    '',
  ].join('\n')
}
