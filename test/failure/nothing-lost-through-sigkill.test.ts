import { Redis } from 'ioredis'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { demoLocations } from '../../local/demo/locations.ts'
import { type ChaosRecord, runChaos } from '../support/chaos.ts'
import { loadSize } from '../support/load-size.ts'
import { type Stack, startStack } from '../support/stack.ts'

/** Each brings some four more webhooks: echoes of our own writes, and what its customer does. */
const LEADS = loadSize(2_000, 10_000)

/**
 * 10,000 webhooks, 5 % sent twice, 2 % with a bad signature, while every process is killed with SIGKILL twice and Redis
 * loses all it has. What is compared is the simulator's own record with Postgres, Redis, ClickHouse and the widget.
 */
describe('10,000 webhooks while every process is killed', () => {
  let stack: Stack
  let record: ChaosRecord
  let pool: pg.Pool

  beforeAll(
    async () => {
      // ClickHouse takes a third of all CPU with batches of 200 ms; the figures are asked for at the end.
      stack = await startStack({ GHL_SIM_RATE_BURST: '2000' }, { GHL_CALLS_PER_10S: '1900', SINK_LINGER_MS: '1000' })
      pool = new pg.Pool({ connectionString: stack.databaseUrl, max: 2 })
      record = await runChaos(stack, pool, {
        count: LEADS,
        ratePerS: 120,
        duplicateShare: 0.32,
        badSignatureShare: 0.12,
      })
      console.log(record.summary)
    },
    loadSize(420_000, 1_800_000),
  )

  afterAll(async () => {
    await pool?.end()
    await stack?.stop()
  })

  it('no bad signature was accepted, every good webhook was', () => {
    const { sentUnique = 0, duplicates = 0, badSignature = 0 } = record.truth.webhooks
    expect(sentUnique).toBeGreaterThanOrEqual(5 * LEADS)
    expect(duplicates).toBeGreaterThan(0.04 * sentUnique)
    expect(badSignature).toBeGreaterThan(0.017 * sentUnique)
    expect(record.truth.webhooks).toMatchObject({
      badSignatureAccepted: 0,
      unacknowledged: 0,
      abandoned: 0,
      dropped: 0,
    })
  })

  it('every accepted lead has exactly one decision', async () => {
    const { rows } = await pool.query<{ event_id: string }>(
      `SELECT l.event_id FROM hexroute.leads l JOIN hexroute.decisions d USING (lead_id)`,
    )
    const accepted = record.truth.webhooks.acceptedIds.filter(({ intakeContactId }) => intakeContactId)
    expect(accepted.length).toBeGreaterThan(0.8 * LEADS)
    expect(rows.map((row) => row.event_id).sort()).toEqual(accepted.map(({ webhookId }) => webhookId).sort())
  })

  it('no cap was exceeded, at no moment', async () => {
    expect(record.capsExceeded).toEqual([])
    const { rows } = await pool.query<{ location_id: string; used: number }>(
      `SELECT location_id, max(used)::int AS used FROM (
         SELECT location_id, key, count(*) AS used FROM hexroute.reservations, unnest(counter_keys) AS key
         WHERE key LIKE '%:day:%' AND state <> 'RELEASED' GROUP BY 1, 2) AS d GROUP BY 1`,
    )
    const limits = new Map(demoLocations.map(({ id, day }) => [id, day]))
    expect(rows.filter(({ location_id, used }) => used > limits.get(location_id)!)).toEqual([])
    expect(rows.some(({ location_id, used }) => used === limits.get(location_id))).toBe(true)
  })

  it('the counters in Redis are the fold of the reservations in Postgres', async () => {
    const redis = new Redis(stack.redis.url)
    const { rows } = await pool.query<{ key: string; used: string }>(
      `SELECT key, count(*)::text AS used FROM hexroute.reservations, unnest(counter_keys) AS key
       WHERE state = 'COMMITTED' OR (state = 'CLOSED' AND key NOT LIKE '%:concurrent') GROUP BY key`,
    )
    const keys = (await redis.keys('hx:*:cap:*')).filter((key) => key.length > 0)
    const values = await Promise.all(keys.map(async (key) => [key, await redis.get(key)] as const))
    redis.disconnect()
    const byKey = (entries: readonly (readonly [string, string | null])[]) =>
      Object.fromEntries(entries.filter(([, used]) => used !== '0'))
    expect(byKey(values)).toEqual(byKey(rows.map(({ key, used }) => [key, used] as const)))
  })

  it('ClickHouse holds exactly one row per accepted event', () => {
    expect(record.eventRows.length).toBe(new Set(record.eventRows).size)
    expect([...record.eventRows].sort()).toEqual(
      record.truth.webhooks.acceptedIds.map(({ webhookId }) => webhookId).sort(),
    )
  })

  it('the simulator holds exactly one contact and one opportunity per assigned lead', async () => {
    const { rows } = await pool.query<{ location_id: string; assigned: number }>(
      `SELECT location_id, count(*)::int AS assigned FROM hexroute.decisions WHERE outcome = 'assigned' GROUP BY 1`,
    )
    const held = record.truth.perLocation.filter(({ contacts }) => contacts > 0)
    expect(Object.fromEntries(held.map((row) => [row.locationId, row.contacts]))).toEqual(
      Object.fromEntries(rows.map((row) => [row.location_id, row.assigned])),
    )
    expect(held.map(({ opportunities }) => opportunities)).toEqual(held.map(({ contacts }) => contacts))
    expect(record.truth.contactsPerPersonMax).toBe(1)
  })

  it("the widget's figure is the truth", () => {
    const shown = Object.fromEntries(record.conversion.rows.map(({ id, leads, won }) => [id, { leads, won }]))
    const truth = Object.fromEntries(
      record.truth.perLocation.map(({ locationId, contacts, won }) => [locationId, { leads: contacts, won }]),
    )
    expect(shown).toEqual(Object.fromEntries(Object.entries(truth).filter(([id]) => id in shown)))
    expect(record.conversion.total.won).toBeGreaterThan(100)
  })
})
