import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Gap, UnaccountedHour } from '../../analytics/steps/unaccounted.ts'
import { startUnaccountedMetrics } from '../../analytics/unaccounted-metrics.ts'
import { derivedUuid } from '../../kernel/derived-uuid.ts'
import { createMetrics } from '../../kernel/metrics.ts'
import { type AnalyticsApi, startAnalyticsApi } from '../support/analytics-api.ts'
import { testLog } from '../support/analytics-log.ts'
import { leadId, makeDecision, makeDelivery, makeEvent } from '../support/analytics-messages.ts'
import { type AnalyticsRig, startAnalyticsRig } from '../support/analytics-rig.ts'
import { runCommandLine } from '../support/command-line.ts'
import { until } from '../support/until.ts'

let rig: AnalyticsRig
let api: AnalyticsApi
let key: string
/** Ahead of the real one by what a test wants to have passed. */
let aheadMs = 0
const clock = () => Date.now() + aheadMs
const eventId = (n: number) => derivedUuid('test event', n)

beforeAll(async () => {
  rig = await startAnalyticsRig()
  api = await startAnalyticsApi(rig, { clock })
  key = await rig.key({ role: 'analyst' })
  rig.sink()
  const atMs = Date.now()
  // 1 no router ever sees, 2 comes late, 3 is well, 4 is delivered nowhere, 5 tells the enquiry of 3 again, 6 is decided
  // and its decision lost on the way.
  await rig.publish(
    'event',
    [1, 2, 3, 4, 5, 6].map((n) => makeEvent(n, atMs)),
  )
  await rig.publish('decision', [makeDecision(3, atMs), makeDecision(4, atMs)])
  await rig.publish('delivery', [makeDelivery(3, atMs)])
  await rig.postgres.query(
    `INSERT INTO hexroute.lead_identities (tenant, kind, value, lead_id, lead_created_at) VALUES
       ('agencyA', 'contact', 'intake1/contact5', $1, now()), ('agencyA', 'contact', 'intake1/contact6', $2, now())`,
    [leadId(3), leadId(6)],
  )
  await until('all rows', 15_000, counts, ({ events, decisions }) => events === 6 && decisions === 2)
})
afterAll(async () => {
  await api?.stop()
  await rig?.stop()
})

type Counts = { events: number; decisions: number }
async function counts(): Promise<Counts> {
  const [row] = await rig.rows<Counts>(`SELECT (SELECT toUInt32(count()) FROM hexroute.events) AS events,
    (SELECT toUInt32(count()) FROM hexroute.decisions) AS decisions`)
  return row!
}
const read = async <T>(path: string): Promise<T> => (await (await api.get(path, key)).json()) as T
const hours = async () => (await read<{ hours: UnaccountedHour[] }>('/v1/unaccounted?hours=3')).hours
const named = async () => (await hours()).flatMap(({ gaps }) => gaps.map(({ kind, eventId: id }) => [kind, id])).sort()
const lost = [
  ['undecided', eventId(1)],
  ['undecided', eventId(2)],
  ['undelivered', eventId(4)],
  ['unrecorded', eventId(6)],
]

test('what may still be under way is no gap', async () => {
  expect(await named()).toEqual([])
  expect((await hours()).reduce((sum, hour) => sum + hour.inFlight, 0)).toBe(4)
})

test('a lost lead is named in its hour, on the pages of gaps, on the command line and in the metric', async () => {
  aheadMs = 20 * 60_000
  expect(await named()).toEqual(lost.toSorted())
  const seen = await hours()
  const sum = (name: 'received' | 'assigned' | 'inFlight' | 'gapCount') =>
    seen.reduce((total, hour) => total + hour[name], 0)
  // 5 was no lead of its own: it is neither received nor lost.
  expect([sum('received'), sum('assigned'), sum('inFlight'), sum('gapCount')]).toEqual([5, 2, 3, 4])

  const pages: Gap[][] = []
  for (let cursor = ''; ; ) {
    const page = await read<{ items: Gap[]; nextCursor: string | null }>(
      `/v1/unaccounted/gaps?hours=3&limit=3${cursor && `&cursor=${cursor}`}`,
    )
    pages.push(page.items)
    if (page.nextCursor === null) break
    cursor = page.nextCursor
  }
  expect(pages.map(({ length }) => length)).toEqual([3, 1])
  const ids = pages.flat().map(({ kind, locationId, contactId, leadId: lead }) => [kind, locationId, contactId, lead])
  expect(ids.sort()).toEqual([
    ['undecided', 'intake1', 'contact1', null],
    ['undecided', 'intake1', 'contact2', null],
    ['undelivered', 'north1', 'contact4', leadId(4)],
    ['unrecorded', 'intake1', 'contact6', leadId(6)],
  ])
  expect((await api.get('/v1/unaccounted/gaps?cursor=%21', key)).status).toBe(400)

  const run = await runCommandLine(
    { HEXROUTE_ANALYTICS_URL: api.url, HEXROUTE_KEY: key },
    'unaccounted',
    '--hours',
    '3',
  )
  expect([run.code, run.out]).toEqual([1, expect.stringContaining('4 leads are unaccounted for')])
  for (const [kind, id] of lost) expect(run.out).toMatch(new RegExp(`^ +${kind} .*${id}$`, 'm'))

  expect(await measured()).toEqual({ undecided: 2, undelivered: 1, unrecorded: 1 })
})

test('an answer with the same gaps has the same tag and no body', async () => {
  const first = await api.get('/v1/unaccounted?hours=3', key)
  const headers = { authorization: `Bearer ${key}`, 'if-none-match': first.headers.get('etag')! }
  const second = await fetch(`${api.url}/v1/unaccounted?hours=3`, { headers })
  expect([second.status, await second.text()]).toEqual([304, ''])
})

test('a lead that is late heals every figure by itself', async () => {
  await rig.publish('decision', [
    makeDecision(2, Date.now()),
    makeDecision(6, Date.now(), { outcome: 'hq', locationId: null }),
  ])
  await rig.publish('delivery', [makeDelivery(2, Date.now()), makeDelivery(4, Date.now())])
  await until('only the first is lost', 15_000, named, (gaps) => gaps.length === 1)
  expect(await named()).toEqual([['undecided', eventId(1)]])
  expect(await measured()).toEqual({ undecided: 1, undelivered: 0, unrecorded: 0 })
})

/** The gauge of agencyA by kind, as Prometheus reads it. */
async function measured(): Promise<Record<string, number>> {
  const metrics = createMetrics('test-unaccounted')
  const gauge = startUnaccountedMetrics({ ...rig, clock }, 3_600_000, metrics, testLog)
  await gauge.measure()
  await gauge.stop()
  const text = await metrics.registry.metrics()
  expect(text).toMatch(/^hexroute_unaccounted_checked_timestamp_seconds\{.*\} [1-9]/m)
  const lines = text.matchAll(/^hexroute_unaccounted_leads\{tenant="agencyA",kind="(\w+)".*\} (\d+)$/gm)
  return Object.fromEntries([...lines].map(([, kind, count]) => [kind, Number(count)]))
}
