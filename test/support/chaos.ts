import { setTimeout as delay } from 'node:timers/promises'
import { createClient } from '@clickhouse/client'
import type pg from 'pg'
import type { Conversion } from '../../contracts/conversion.ts'
import { demoLocations } from '../../local/demo/locations.ts'
import { countInFlight } from './at-rest.ts'
import { loadSize } from './load-size.ts'
import { type Stack, type Stage, stages } from './stack.ts'
import { until } from './until.ts'

export type Truth = {
  settled: boolean
  perLocation: { locationId: string; contacts: number; opportunities: number; won: number; duplicateContacts: number }[]
  webhooks: Record<string, number> & { acceptedIds: { webhookId: string; type: string; intakeContactId?: string }[] }
  contactsPerPersonMax: number
}

export type ChaosRecord = {
  truth: Truth
  conversion: Conversion
  eventRows: string[]
  /** Moments at which more reservations were open than a concurrent cap allows. */
  capsExceeded: string[]
  summary: string
}

export type ChaosOptions = { count: number; ratePerS: number; duplicateShare: number; badSignatureShare: number }

/** In this order, twice, evenly over the traffic; Redis loses everything in the middle. */
const VICTIMS: readonly (Stage | 'redis')[] = [
  'router',
  'analytics',
  'delivery',
  'ingest',
  'redis',
  'router',
  'analytics',
  'delivery',
  'ingest',
]
const SETTLE_WITHIN_MS = loadSize(240_000, 900_000)

/** Sends the traffic, kills, waits until everything has come to rest, and reads what every store says. */
export async function runChaos(stack: Stack, pool: pg.Pool, options: ChaosOptions): Promise<ChaosRecord> {
  const startedAt = Date.now()
  const capsExceeded: string[] = []
  const watch = watchConcurrentCaps(pool, capsExceeded)
  try {
    await killUnderTraffic(stack, options)
    const sentAt = Date.now()
    await stack.simulator.call('POST', '/_sim/settle', { timeScale: 0 })
    const truth = await untilAtRest(stack, pool)
    return await summarise(stack, { truth, capsExceeded, looks: watch.looks(), startedAt, sentAt })
  } finally {
    await watch.stop()
  }
}

async function killUnderTraffic(stack: Stack, options: ChaosOptions): Promise<void> {
  const shares = { unknownShare: 0.01, reorderShare: 0.02, timeScale: 0.002 }
  await stack.simulator.call('POST', '/_sim/traffic', { ...options, ...shares })
  for (const [i, victim] of VICTIMS.entries()) {
    const mark = ((i + 1) * options.count) / (VICTIMS.length + 2)
    await until(
      `${mark} webhooks sent`,
      120_000,
      () => traffic(stack),
      ({ slots }) => slots >= mark,
    )
    if (victim === 'redis') {
      await stack.redis.kill()
      await stack.redis.restart()
    } else {
      await stack.crash(victim)
    }
  }
  await until(
    'all webhooks acknowledged',
    240_000,
    () => traffic(stack),
    ({ done }) => done,
  )
}

type Outcome = Pick<ChaosRecord, 'truth' | 'capsExceeded'> & { looks: number; startedAt: number; sentAt: number }

async function summarise(
  stack: Stack,
  { truth, capsExceeded, looks, startedAt, sentAt }: Outcome,
): Promise<ChaosRecord> {
  const conversion = await readConversion(stack)
  const eventRows = await readEventRows(stack)
  const tookS = (from: number, to: number): string => ((to - from) / 1000).toFixed(1)
  const { acceptedIds, byType: _byType, ...webhooks } = truth.webhooks
  const summary = [
    `webhooks ${JSON.stringify(webhooks)}`,
    `killed ${VICTIMS.join(', ')} (stages: ${stages.length}); sent in ${tookS(startedAt, sentAt)} s, at rest after ${tookS(sentAt, Date.now())} s more`,
    `accepted ${acceptedIds.length}, event rows ${eventRows.length}, assigned ${conversion.total.leads}, won ${conversion.total.won}, caps exceeded ${capsExceeded.length} of ${looks} looks`,
  ].join('\n')
  return { truth, conversion, eventRows, capsExceeded, summary }
}

type Traffic = { slots: number; done: boolean }

const traffic = async (stack: Stack): Promise<Traffic> =>
  (await stack.simulator.call('GET', '/_sim/traffic')).body as Traffic

/** At rest: customers have acted, no stage has anything before it, and nothing has changed between two looks. */
async function untilAtRest(stack: Stack, pool: pg.Pool): Promise<Truth> {
  const look = async () => {
    const waiting = await countWaiting(stack, pool)
    const isQuiet = waiting.settled && waiting.inFlight + waiting.open === 0
    // The whole record is megabytes: read again and again while there is work, it would slow the work down.
    return { waiting, all: isQuiet ? await readAll(stack) : null }
  }
  let before = ''
  const isSame = ({ all }: { all: { state: object } | null }): boolean => {
    const now = JSON.stringify(all?.state)
    const wasSame = all !== null && now === before
    before = now
    return wasSame
  }
  const { all } = await until('everything at rest', SETTLE_WITHIN_MS, look, isSame, 500)
  return all!.truth
}

async function countWaiting(stack: Stack, pool: pg.Pool) {
  const { settled } = (await stack.simulator.call('GET', '/_sim/truth')).body as { settled: boolean }
  const { rows } = await pool.query<{ open: number }>(
    `SELECT count(*)::int AS open FROM hexroute.decisions d LEFT JOIN hexroute.deliveries v ON v.lead_id = d.lead_id AND v.attempt = d.attempt
     WHERE d.outcome = 'assigned' AND v.state IS DISTINCT FROM 'delivered'`,
  )
  return { settled, open: rows[0]!.open, inFlight: await countInFlight(stack.nats.url, pool) }
}

async function readAll(stack: Stack) {
  const truth = (await stack.simulator.call('GET', '/_sim/truth?full=1')).body as unknown as Truth
  const { total, rows } = await readConversion(stack)
  const state = {
    accepted: truth.webhooks.acceptedIds.length,
    rows: (await readEventRows(stack)).length,
    ...{ total, won: rows.map(({ won }) => won).join() },
  }
  return { truth, state }
}

async function readConversion(stack: Stack): Promise<Conversion> {
  const answer = await fetch(`${stack.urls.analytics}/v1/conversion?window=7d&by=location&token=${stack.widgetKey}`)
  if (!answer.ok) throw new Error(`conversion answered ${answer.status}: ${await answer.text()}`)
  return (await answer.json()) as Conversion
}

/** The table's physical rows, not merged: one row per event must hold before any clean-up. */
async function readEventRows(stack: Stack): Promise<string[]> {
  const client = createClient({ url: stack.clickhouse.url })
  const result = await client.query({
    query: 'SELECT toString(event_id) AS id FROM hexroute.events',
    format: 'JSONEachRow',
  })
  const rows = await result.json<{ id: string }>()
  await client.close()
  return rows.map(({ id }) => id)
}

/** Looks again and again at how many reservations are open: at no moment more than the cap. */
function watchConcurrentCaps(pool: pg.Pool, exceeded: string[]): { stop: () => Promise<void>; looks: () => number } {
  const limits = new Map(demoLocations.map(({ id, concurrent }) => [id, concurrent ?? Number.POSITIVE_INFINITY]))
  let looks = 0
  let isStopping = false
  const looking = (async () => {
    for (; !isStopping; looks += 1) {
      const { rows } = await pool.query<{ location_id: string; open: number }>(
        `SELECT location_id, count(*)::int AS open FROM hexroute.reservations WHERE state = 'COMMITTED' GROUP BY 1`,
      )
      for (const { location_id, open } of rows) {
        if (open > limits.get(location_id)!) exceeded.push(`${location_id} ${open}/${limits.get(location_id)}`)
      }
      await delay(100)
    }
  })()
  return {
    stop: async () => {
      isStopping = true
      await looking
    },
    looks: () => looks,
  }
}
