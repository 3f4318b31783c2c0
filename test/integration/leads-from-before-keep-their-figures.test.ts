import { type ClickHouseClient, createClient } from '@clickhouse/client'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestClickhouse, type TestBackend } from '../support/backends.ts'
import { migrateSteps } from '../support/migration-steps.ts'

/** Steps of a store whose leads were told as arrays of texts; later ones tell the same leads as texts. */
const ARRAYS = '0009'

const LEADS = 300

let backend: TestBackend
let clickhouse: ClickHouseClient
beforeAll(async () => {
  backend = await startTestClickhouse()
  clickhouse = createClient({ url: backend.url })
  await clickhouse.command({ query: 'CREATE DATABASE hexroute ENGINE = Atomic' })
})
afterAll(async () => {
  await clickhouse?.close()
  await backend?.stop()
})

/** Leads decided up to three times, some with facts before any decision, some with none. */
const leads = `(SELECT number, reinterpretAsUUID(sipHash128(number)) AS lead_id,
                      toDateTime64('2026-01-01 00:00:00.250', 3, 'UTC') + number * 7000 AS created_at FROM numbers(${LEADS}))`
const rowsOf = {
  decisions: `
    SELECT 'a' AS tenant, reinterpretAsUUID(sipHash128(number, k)) AS decision_id, lead_id, k AS attempt,
           ['assigned', 'held', 'assigned'][k + 1] AS outcome, if(k = 1, '', concat('loc', toString((number + k) % 7))) AS location_id,
           if(k = 1, '', concat('reg', toString(number % 2))) AS region_id, if(k = 2, 'user2', '') AS user_id, if(k = 1, '', 'shared') AS tier,
           if(k = 1, 'ALL_FULL', '') AS fallback, if(k = 2, 'sla', 'new') AS request, 608000000000000000 + number AS cell, 'form' AS lead_source,
           concat('c', toString(number % 3)) AS lead_campaign, created_at + k * 60 AS decided_at, created_at AS lead_created_at,
           decided_at AS received_at, number * 3 + k AS stream_seq
      FROM ${leads} ARRAY JOIN [0, 1, 2] AS k WHERE k <= number % 4 - 1`,
  deliveries: `
    SELECT 'a' AS tenant, lead_id AS delivery_id, lead_id, 'delivered' AS state, created_at + 30 AS decided_at, created_at + 31 AS delivered_at,
           created_at AS lead_created_at, delivered_at AS received_at, number AS stream_seq
      FROM ${leads} WHERE number % 4 > 0 OR number % 8 = 0`,
  lead_facts: `
    SELECT 'a' AS tenant, fact, reinterpretAsUUID(sipHash128(number, k)) AS fact_id, lead_id, if(fact = 'won', toDecimal64(number + 0.5, 2), NULL) AS value,
           if(fact = 'contacted', number * 1000, NULL) AS business_ms, created_at + 100 * k AS occurred_at, created_at AS lead_created_at,
           occurred_at AS received_at, number * 9 + k AS stream_seq
      FROM ${leads} ARRAY JOIN ['open', 'contacted', 'appointment', 'won', 'lost', 'won'] AS fact, [1, 2, 3, 4, 5, 6] AS k
     WHERE k <= number % 8`,
}

async function writeRows(order: 'ASC' | 'DESC'): Promise<void> {
  for (const [table, rows] of Object.entries(rowsOf)) {
    const columns = (await ask<{ name: string }>(`DESCRIBE (${rows})`)).map(({ name }) => name).join(', ')
    const query = `INSERT INTO hexroute.${table} (${columns}) SELECT * FROM (${rows}) ORDER BY stream_seq ${order}`
    await clickhouse.command({ query })
  }
}

async function ask<Row>(query: string): Promise<Row[]> {
  return (await clickhouse.query({ query, format: 'JSONEachRow' })).json<Row>()
}

async function figures(): Promise<Record<string, unknown[]>> {
  const views = [
    'v_leads',
    'v_conversion_by_location_day',
    'v_conversion_activity_by_location_day',
    'v_speed_to_lead',
    'v_funnel',
    'v_unserved_demand',
  ]
  const rows = views.map(async (view) => [view, await ask(`SELECT * FROM hexroute.${view} ORDER BY ALL`)] as const)
  return Object.fromEntries(await Promise.all(rows))
}

test('leads that were told as arrays have the same figures told as texts, and rows that come again change none', async () => {
  await migrateSteps(clickhouse, (step) => step <= ARRAYS)
  await writeRows('ASC')
  const before = await figures()
  expect(before.v_leads).toHaveLength(LEADS)
  for (const rows of Object.values(before)) expect(rows.length).toBeGreaterThan(0)

  await migrateSteps(clickhouse, (step) => step > ARRAYS)
  expect(await figures()).toEqual(before)

  await writeRows('DESC')
  expect(await figures()).toEqual(before)
})

test('what was won by day is the same beside the leads created and by itself', async () => {
  const wins = 'tenant, day, region_id, location_id, won, value'
  const rowsOfView = (view: string) => ask(`SELECT ${wins} FROM hexroute.${view} WHERE won > 0 ORDER BY ALL`)
  const won = await rowsOfView('v_won_by_location_day')
  expect(won.length).toBeGreaterThan(0)
  expect(won).toEqual(await rowsOfView('v_conversion_activity_by_location_day'))
})

test('a new store tells the same of the same rows', async () => {
  const before = await figures()
  await clickhouse.command({ query: 'TRUNCATE TABLE hexroute.lead_lifecycle' })
  await writeRows('DESC')
  expect(await figures()).toEqual(before)
})
