import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Conversion } from '../../contracts/conversion.ts'
import { type AnalyticsApi, startAnalyticsApi } from '../support/analytics-api.ts'
import { makeDecision, makeDelivery, makeEvent, makeFact } from '../support/analytics-messages.ts'
import { type AnalyticsRig, startAnalyticsRig } from '../support/analytics-rig.ts'
import { until } from '../support/until.ts'

const HOUR_MS = 3_600_000
const createdMs = Date.now() - 30 * HOUR_MS

let rig: AnalyticsRig
let api: AnalyticsApi
let key: string
beforeAll(async () => {
  rig = await startAnalyticsRig()
  api = await startAnalyticsApi(rig)
  key = await rig.key({ role: 'analyst' })
  rig.sink()
})
afterAll(async () => {
  await api?.stop()
  await rig?.stop()
})

const conversion = async (query = ''): Promise<Conversion> =>
  (await (await api.get(`/v1/conversion?window=7d${query}`, key)).json()) as Conversion

test('facts that come before their decision, twice, and in the wrong order leave the right figure', async () => {
  const lost = makeFact(2, 'lost', createdMs, 3 * HOUR_MS)
  await rig.publish('fact', [lost, makeFact(1, 'won', createdMs, HOUR_MS), lost])
  await rig.publish('fact', [makeFact(2, 'won', createdMs, 2 * HOUR_MS), makeFact(1, 'open', createdMs, 1_000)])
  await rig.publish(
    'decision',
    [1, 2, 3, 4].map((n) => makeDecision(n, createdMs)),
  )
  const repeated = makeDecision(1, createdMs)
  await rig.publish('decision', [repeated, repeated])
  const old = makeDecision(5, Date.now() - 8 * 24 * HOUR_MS)
  await rig.publish('decision', [old, makeDecision(6, createdMs, { outcome: 'hq', locationId: null, regionId: null })])

  const seen = await until(
    'four leads, one won',
    15_000,
    conversion,
    ({ total }) => total.leads === 4 && total.won === 1,
  )

  expect(seen.total).toEqual({ leads: 4, won: 1, rate: 0.25 })
  expect(seen.rows.map(({ id, leads }) => [id, leads])).toEqual([
    ['north1', 4],
    ['north2', 0],
    ['south1', 0],
    ['south2', 0],
  ])
  expect(seen.rows[1]!.rate).toBeNull()
  expect((await conversion('&by=region')).rows.map(({ id, name, won }) => [id, name, won])).toEqual([
    ['north', 'North', 1],
    ['south', 'South', 0],
  ])
})

test('a lead that is routed again counts where it is now, and a correction from won to lost takes the win away', async () => {
  const again = {
    attempt: 1,
    locationId: 'south1',
    regionId: 'south',
    decidedAt: new Date(createdMs + HOUR_MS).toISOString(),
  }
  await rig.publish('decision', [makeDecision(1, createdMs, again)])
  await until('the win has moved south', 15_000, conversion, ({ rows }) => rows[2]!.won === 1 && rows[0]!.won === 0)
  await rig.publish('fact', [makeFact(1, 'lost', createdMs, 5 * HOUR_MS)])
  const seen = await until('no win is left', 15_000, conversion, ({ total }) => total.won === 0)
  expect(seen.total.leads).toBe(4)
})

test('an answer that has not changed is 304', async () => {
  const path = '/v1/conversion?window=7d'
  const etag = (await api.get(path, key)).headers.get('etag')!
  const again = await fetch(`${api.url}${path}`, { headers: { authorization: `Bearer ${key}`, 'if-none-match': etag } })
  expect(again.status).toBe(304)
})

test('an event sent again after JetStream forgot it is still one row to readers, and unreadable messages stop nothing', async () => {
  const hourAgo = Date.now() - HOUR_MS
  const event = makeEvent(1, hourAgo)
  await rig.publish('event', [event, makeEvent(2, hourAgo), { nonsense: true }])
  const count = () =>
    rig.rows<{ n: number; physical: number }>(
      `SELECT toUInt32(count()) AS n, (SELECT toUInt32(max(stream_seq)) FROM hexroute.events) AS physical FROM hexroute.events FINAL`,
    )
  await until('two events', 15_000, count, ([row]) => row!.n === 2)
  await rig.publish('event', [event, { ...event, eventId: 'no uuid' }, makeEvent(3, hourAgo)])
  const [row] = await until('the third event', 15_000, count, ([seen]) => seen!.physical >= 6)
  expect(row!.n).toBe(3)
  const letters = async () => (await rig.nats.manager.streams.info('DLQ')).state.messages
  await until('both dead letters', 15_000, letters, (count) => count === 2)
  const [{ payload }] = (await rig.rows<{ payload: string }>(
    'SELECT toString(payload) AS payload FROM hexroute.events FINAL LIMIT 1',
  )) as [{ payload: string }]
  expect(payload).toContain('form')
  expect(payload).not.toMatch(/Dana|example\.com/)
})

test('unaccounted: every asked-for lead is in exactly one column of its hour', async () => {
  const answer = await unaccounted()
  const sum = (name: string) => answer.hours.reduce((total, hour) => total + hour[name]!, 0)
  expect([sum('received'), sum('assigned'), sum('inFlight')]).toEqual([3, 3, 0])
  expect(answer.compared).toEqual({ until: null, missingInGhl: 0, failing: 0 })
})

test('unaccounted: what reconcile took in, what was assigned and not delivered, and what GHL lost', async () => {
  await rig.publish('event', [makeEvent(7, Date.now(), { origin: 'reconcile' })])
  await rig.publish('delivery', [
    makeDelivery(1, createdMs, { attempt: 1 }),
    makeDelivery(3, createdMs, { state: 'failed' }),
  ])
  const seen = await until(
    'all figures',
    15_000,
    unaccounted,
    ({ hours }) =>
      hours.some(({ reconciled }) => reconciled === 1) && hours.some(({ undelivered }) => undelivered === 1),
  )
  const sum = (name: string) => seen.hours.reduce((total, hour) => total + hour[name]!, 0)
  expect([sum('received'), sum('inFlight'), sum('reconciled'), sum('undelivered')]).toEqual([4, 1, 1, 1])
  const until7 = new Date(createdMs)
  await rig.postgres.query(
    `INSERT INTO hexroute.reconcile_marks (location_id, tenant, subject, seen_until, missing, fault) VALUES
       ('north1', 'agencyA', 'opportunities', $1, 2, NULL), ('north2', 'agencyA', 'opportunities', now(), 0, 'GHL_UNAVAILABLE')`,
    [until7],
  )
  expect((await unaccounted()).compared).toEqual({ until: until7.toISOString(), missingInGhl: 2, failing: 1 })
})

test('a delivery that failed and was redriven is delivered to every reader, and no figure counts it twice', async () => {
  const delivered = new Date().toISOString()
  await rig.publish('delivery', [makeDelivery(4, createdMs, { state: 'failed', errorCode: 'GHL_REFUSED' })])
  await rig.publish('delivery', [makeDelivery(4, createdMs, { deliveredAt: delivered })])
  const states = () =>
    rig.rows<{ state: string }>(
      `SELECT state FROM hexroute.deliveries FINAL WHERE delivery_id = '${makeDelivery(4, createdMs).deliveryId}'`,
    )
  await until('it is delivered', 15_000, states, (rows) => rows.length === 1 && rows[0]!.state === 'delivered')
  expect((await conversion()).total.leads).toBe(4)
})

type Unaccounted = { hours: Record<string, number>[]; compared: object }
const unaccounted = async (): Promise<Unaccounted> =>
  (await (await api.get('/v1/unaccounted?hours=3', key)).json()) as Unaccounted
