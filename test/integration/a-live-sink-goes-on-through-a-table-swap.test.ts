import { type ClickHouseClient, createClient } from '@clickhouse/client'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createMetrics } from '../../kernel/metrics.ts'
import { leadId, makeDecision, makeDelivery, makeEvent, makeFact } from '../support/analytics-messages.ts'
import { type AnalyticsRig, startAnalyticsRig } from '../support/analytics-rig.ts'
import { migrateSteps } from '../support/migration-steps.ts'
import { until } from '../support/until.ts'

/** The step that puts `lead_lifecycle` aside, under the views that write to it; the next makes it anew and copies. */
const ASIDE = '0012'
const LEADS = 150
const createdMs = Date.UTC(2026, 9, 30)
const metrics = createMetrics('test')

let rig: AnalyticsRig
let steps: ClickHouseClient
beforeAll(async () => {
  rig = await startAnalyticsRig()
  steps = createClient({ url: rig.env.CLICKHOUSE_URL })
  await steps.command({ query: 'DROP DATABASE hexroute SYNC' })
  await steps.command({ query: 'CREATE DATABASE hexroute ENGINE = Atomic' })
  await migrateSteps(steps, (step) => step < ASIDE)
  rig.sink({ metrics, limits: { rowsMax: 20, bytesMax: 16 * 1024 ** 2, lingerMs: 20 } })
})
afterAll(async () => {
  await steps?.close()
  await rig?.stop()
})

test('a sink that writes while a table is swapped under its views goes on by itself, each row once, each lead whole', async () => {
  await publish(0)
  await until('the first third is in', 30_000, countRows, (rows) => rows.decisions === LEADS / 3)

  await migrateSteps(steps, (step) => step === ASIDE)
  const before = await faults()
  await publish(LEADS / 3)
  await until('each stream that a view reads has been refused', 30_000, faults, (count) => count >= before + 3)
  await migrateSteps(steps, (step) => step > ASIDE)
  await publish((LEADS / 3) * 2)

  const once = { events: LEADS, decisions: LEADS, decision_candidates: LEADS * 2, deliveries: LEADS, lead_facts: LEADS }
  await until('all are in', 60_000, countRows, (rows) => Object.values(rows).every((count) => count >= LEADS))
  await until('all is marked done', 30_000, openPlans, (count) => count === 0)
  expect(await countRows()).toEqual(once)
  expect(await lifecycles()).toEqual(
    numbers(0, LEADS)
      .map((n) => ({
        lead: leadId(n),
        outcome: 'assigned',
        delivered: createdMs + n + 900,
        status: 'won',
        value: 1200.5,
      }))
      .sort((a, b) => (a.lead < b.lead ? -1 : 1)),
  )
})

test('a table that lacks a column holds the stream up, and nothing is set aside', async () => {
  await rig.clickhouse.command({ query: 'ALTER TABLE hexroute.events RENAME COLUMN contact_id TO contact' })
  const before = await faults()
  await rig.publish('event', [makeEvent(LEADS, createdMs)])
  await until('the sink has met it', 30_000, faults, (count) => count > before)
  await rig.clickhouse.command({ query: 'ALTER TABLE hexroute.events RENAME COLUMN contact TO contact_id' })
  await until('it is in', 30_000, countRows, (rows) => rows.events === LEADS + 1)
  expect((await rig.nats.manager.streams.info('DLQ')).state.messages).toBe(0)
})

const numbers = (from: number, count: number): number[] => Array.from({ length: count }, (_, n) => from + n)

/** A third of the leads, each with all that becomes of one. */
async function publish(from: number): Promise<void> {
  const leads = numbers(from, LEADS / 3)
  await Promise.all([
    rig.publish(
      'event',
      leads.map((n) => makeEvent(n, createdMs + n)),
    ),
    rig.publish(
      'decision',
      leads.map((n) => makeDecision(n, createdMs + n)),
    ),
    rig.publish(
      'delivery',
      leads.map((n) => makeDelivery(n, createdMs + n)),
    ),
    rig.publish(
      'fact',
      leads.map((n) => makeFact(n, 'won', createdMs + n, 7_200_000)),
    ),
  ])
}

/** As they lie there, without FINAL. */
async function countRows(): Promise<Record<string, number>> {
  const [row] = await rig.rows<Record<string, number>>(
    `SELECT (SELECT toUInt32(count()) FROM hexroute.events) AS events,
            (SELECT toUInt32(count()) FROM hexroute.decisions) AS decisions,
            (SELECT toUInt32(count()) FROM hexroute.decision_candidates) AS decision_candidates,
            (SELECT toUInt32(count()) FROM hexroute.deliveries) AS deliveries,
            (SELECT toUInt32(count()) FROM hexroute.lead_facts) AS lead_facts`,
  )
  return row!
}

const lifecycles = () =>
  rig.rows(
    `SELECT toString(lead_id) AS lead, outcome, toFloat64(delivered_at) * 1000 AS delivered, status, toFloat64(value) AS value
       FROM hexroute.lead_lifecycle FINAL ORDER BY lead`,
  )

async function openPlans(): Promise<number> {
  const { rows } = await rig.postgres.query<{ open: number }>(
    `SELECT count(*)::int AS open FROM hexroute.sink_plans WHERE state <> 'done'`,
  )
  return rows[0]!.open
}

async function faults(): Promise<number> {
  const values = (await metrics.registry.getSingleMetric('hexroute_sink_faults_total')?.get())?.values ?? []
  return values.reduce((sum, { value }) => sum + value, 0)
}
