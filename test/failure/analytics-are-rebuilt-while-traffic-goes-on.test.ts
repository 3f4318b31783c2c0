import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Rebuilt, rebuildAnalytics } from '../../analytics/rebuild/rebuild-analytics.ts'
import { streams } from '../../contracts/streams.ts'
import { makeDecision, makeDelivery, makeEvent, makeFact } from '../support/analytics-messages.ts'
import { type AnalyticsRig, startAnalyticsRig } from '../support/analytics-rig.ts'
import { runCommandLine } from '../support/command-line.ts'
import { rebuildThatDies } from '../support/rebuild-process.ts'
import { until } from '../support/until.ts'

const LEADS = Number(process.env.REBUILD_LEADS ?? 200)
const baseMs = Date.now() - 3_600_000
/** In the middle of each part of the work, and of the swap. */
const STEPS = ['stream EVENTS', 'carry decisions', 'postgres facts', 'paused', 'swap decisions', 'swap lead_lifecycle']
const ids = {
  events: 'event_id',
  decisions: 'decision_id',
  decision_candidates: '(decision_id, tier, location_id)',
  deliveries: 'delivery_id',
  lead_facts: 'fact_id',
  lead_lifecycle: 'lead_id',
}

describe('a rebuild of the analytics', () => {
  let rig: AnalyticsRig
  let published = 0

  beforeAll(async () => {
    rig = await startAnalyticsRig()
    // The rebuild is asked about: with batches of 20 ms, traffic alone took half of the processor.
    rig.sink({ limits: { rowsMax: 1_000, bytesMax: 16 * 1024 ** 2, lingerMs: 1_000 } })
    await publish(LEADS)
    await sunk()
    // What the stream does not hold any more: only the live tables have it.
    for (const { name } of [streams.events, streams.decisions])
      await rig.nats.manager.streams.purge(name, { seq: Math.floor(LEADS / 4) })
  }, 180_000)
  afterAll(() => rig?.stop())

  /** Leads with all that follows, the facts of earlier ones late. */
  async function publish(count: number): Promise<void> {
    const numbers = Array.from({ length: count }, (_, i) => published + i)
    published += count
    const at = (n: number) => baseMs + n * 1_000
    await rig.publish(
      'event',
      numbers.map((n) => makeEvent(n, at(n))),
    )
    await rig.publish(
      'decision',
      numbers.map((n) => makeDecision(n, at(n))),
    )
    await rig.publish(
      'delivery',
      numbers.map((n) => makeDelivery(n, at(n))),
    )
    const late = numbers.map((n) => Math.max(0, n - 50))
    await rig.publish(
      'fact',
      late.flatMap((n) => [makeFact(n, 'contacted', at(n), 60_000), makeFact(n, 'won', at(n), 90_000)]),
    )
  }
  async function sunk(): Promise<void> {
    for (const { name } of [streams.events, streams.decisions, streams.deliveries, streams.facts]) {
      const { state } = await rig.nats.manager.streams.info(name)
      const done = async () =>
        (
          await rig.postgres.query<{ last: number }>(
            `SELECT max(last_seq)::float8 AS last FROM hexroute.sink_plans WHERE stream = $1 AND state = 'done'`,
            [name],
          )
        ).rows[0]!.last
      await until(`${name} is written`, 60_000, done, (last) => last === state.last_seq)
    }
  }
  /** What every table holds, as read, and what every view says. */
  async function look() {
    const seen: Record<string, unknown> = {}
    for (const [table, id] of Object.entries(ids)) {
      const [row] = await rig.rows<object>(
        `SELECT count() AS rows, uniqExact(${id}) AS ids, groupBitXor(cityHash64(${id})) AS hash FROM hexroute.${table} FINAL`,
      )
      seen[table] = row
    }
    const views = await rig.rows<{ name: string }>(
      `SELECT name FROM system.tables WHERE database = 'hexroute' AND engine = 'View'`,
    )
    for (const { name } of views) seen[name] = await rig.rows(`SELECT * FROM hexroute.${name} ORDER BY ALL`)
    return seen
  }
  const run = (onProgress: (step: string) => void = () => undefined) =>
    rebuildAnalytics({
      ...{
        databaseUrl: rig.env.DATABASE_URL,
        postgres: rig.postgres,
        clickhouse: rig.clickhouse,
        nats: rig.nats,
        onProgress,
      },
    })

  it('leaves every table and every view as it was, rows included that only the old tables have', async () => {
    const before = await look()
    const result = (await run()) as Rebuilt
    expect(result.rows).toMatchObject({ events: LEADS, decisions: LEADS, lead_lifecycle: LEADS })
    expect(await look()).toEqual(before)
    const physical = await rig.rows(`SELECT count() AS n FROM hexroute.events`)
    expect(physical).toEqual([{ n: LEADS }])
  }, 120_000)

  it('is refused while another runs', async () => {
    let second: unknown
    await run((step) => {
      if (step === 'paused') second = run()
    })
    expect(await second).toMatchObject({ refused: 'RUNNING' })
  }, 120_000)

  it('killed at any step under traffic and begun again, loses nothing and doubles nothing', async () => {
    let isOver = false
    const traffic = (async () => {
      while (!isOver) {
        await publish(5)
        await pause(500)
      }
    })()
    const rebuilds = async () => {
      for (const step of STEPS) expect(await rebuildThatDies(rig.env, step)).toBe('SIGKILL')
      return runCommandLine(rig.env, '--json', 'rebuild', 'analytics')
    }
    const command = await rebuilds().finally(() => {
      isOver = true
      return traffic
    })
    expect(command.err).toBe('')
    await sunk()
    const seen = (await look()) as Record<string, { rows: number; ids: number }>
    for (const table of ['events', 'decisions', 'deliveries', 'lead_lifecycle'])
      expect({ table, ...seen[table] }).toMatchObject({ table, rows: published, ids: published })
    expect(seen.lead_facts).toMatchObject({ rows: (published - 50) * 2, ids: (published - 50) * 2 })
    // The same once more from what is there now, with nothing moving.
    await run()
    expect(await look()).toEqual(seen)
    console.log(`rebuilt under traffic: ${published} leads, ${STEPS.length} kills, ${command.out.replace(/\s+/g, ' ')}`)
  }, 240_000)

  it('takes from Postgres what neither the streams nor the tables have', async () => {
    const n = 1_000_000
    const decision = makeDecision(n, baseMs)
    const fact = makeFact(n, 'won', baseMs, 90_000)
    await rig.postgres.query(
      `INSERT INTO hexroute.decisions (decision_id, lead_id, attempt, lead_created_at, tenant, outcome, location_id, why,
         ruleset_hash, decided_at, hash, document) VALUES ($1, $2, $3, $4, 'agencyA', 'assigned', 'north1', '', 'h', $5, 'h', $6)`,
      [
        decision.decisionId,
        decision.leadId,
        decision.attempt,
        decision.leadCreatedAt,
        decision.decidedAt,
        JSON.stringify(decision),
      ],
    )
    await rig.postgres.query(
      `INSERT INTO hexroute.deliveries (lead_id, attempt, tenant, location_id, state, contact_id)
       VALUES ($1, $2, 'agencyA', 'north1', 'delivered', 'c')`,
      [decision.leadId, decision.attempt],
    )
    const facts = [
      ['won', 'north1', 90_000],
      ['lost', 'south1', 95_000],
    ] as const
    for (const [kind, locationId, afterMs] of facts)
      await rig.postgres.query(
        `INSERT INTO hexroute.lead_facts (lead_id, fact, occurred_at, lead_created_at, tenant, location_id, value, event_id)
         VALUES ($1, $2, $3, $4, 'agencyA', $5, 10, $6)`,
        [decision.leadId, kind, new Date(baseMs + afterMs), decision.leadCreatedAt, locationId, fact.eventId],
      )
    await run()
    // What the former owner says is stored and was never told.
    const lead = await rig.rows(
      `SELECT status, location_id, delivered_at IS NOT NULL AS delivered FROM hexroute.lead_lifecycle FINAL WHERE lead_id = '${decision.leadId}'`,
    )
    expect(lead).toEqual([{ status: 'won', location_id: 'north1', delivered: 1 }])
  }, 120_000)
})
