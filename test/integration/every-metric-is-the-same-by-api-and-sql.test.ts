import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Conversion } from '../../contracts/conversion.ts'
import type { Capacity, Funnel, SpeedToLead } from '../../contracts/figures.ts'
import { type AnalyticsApi, startAnalyticsApi } from '../support/analytics-api.ts'
import { makeDecision, makeDelivery, makeFact } from '../support/analytics-messages.ts'
import { type AnalyticsRig, startAnalyticsRig } from '../support/analytics-rig.ts'
import { until } from '../support/until.ts'

let rig: AnalyticsRig
let api: AnalyticsApi
let analyst: string
const dayMs = 86_400_000
/** Half an hour old, so that all that happened lies in the past. */
const createdMs = Date.now() - 30 * 60_000
const south = { locationId: 'south1', regionId: 'south' }

beforeAll(async () => {
  rig = await startAnalyticsRig()
  api = await startAnalyticsApi(rig)
  analyst = await rig.key({ role: 'analyst' })
  rig.sink()
  const [first] = makeDecision(1, 0).candidates
  await rig.publish('decision', [
    ...[1, 2, 3].map((n) =>
      makeDecision(n, createdMs, { ...(n === 1 ? { leadCampaign: 'spring' } : {}), userId: 'u1' }),
    ),
    makeDecision(4, createdMs, { ...south, leadSource: 'ads' }),
    // Created ten days ago, and won today: activity of today, of no cohort of the week.
    makeDecision(5, createdMs - 10 * dayMs, south),
    makeDecision(6, createdMs, {
      ...{ outcome: 'held', locationId: null, regionId: null, tier: null, fallback: 'ALL_FULL' },
      candidates: [{ ...first!, rank: null, score: null, reason: 'CAP', detail: 'day 20/20', utilisation: 1 }],
    }),
  ])
  await rig.publish('delivery', [makeDelivery(1, createdMs)])
  await rig.publish('fact', [
    makeFact(1, 'contacted', createdMs, 60_000),
    makeFact(2, 'contacted', createdMs, 240_000),
    makeFact(3, 'contacted', createdMs, 900_000),
    makeFact(1, 'appointment', createdMs, 1_000_000),
    makeFact(1, 'won', createdMs, 1_200_000),
    { ...makeFact(5, 'won', createdMs - 10 * dayMs, 10 * dayMs + 60_000), ...south },
  ])
  await until(
    'all rows',
    15_000,
    () =>
      rig.rows<{ n: number }>(`SELECT toUInt32((SELECT count() FROM hexroute.decisions) + (SELECT count() FROM
      hexroute.lead_facts) + (SELECT count() FROM hexroute.deliveries) + (SELECT countIf(outcome != '') + count(delivered_at) +
      countIf(status = 'won') FROM hexroute.lead_lifecycle FINAL)) AS n`),
    ([row]) => row!.n === 13 + 6 + 1 + 2,
  )
})
afterAll(async () => {
  await api?.stop()
  await rig?.stop()
})

const read = async <T>(path: string, key = analyst): Promise<T> => {
  const answer = await api.get(path, key)
  expect([path, answer.status, answer.headers.get('cache-control')]).toEqual([path, 200, 'private, max-age=1'])
  return (await answer.json()) as T
}

test('conversion by cohort and by activity, and by every dimension', async () => {
  const ratios = async (query: string) => {
    const { total, rows } = await read<Conversion>(`/v1/conversion?window=7d&${query}`)
    const some = rows.filter(({ leads, won }) => leads + won > 0)
    return [[total.won, total.leads], ...some.map(({ id, won, leads }) => [id, won, leads])]
  }
  expect(await ratios('by=location')).toEqual([
    [1, 4],
    ['north1', 1, 3],
    ['south1', 0, 1],
  ])
  expect(await ratios('definition=activity')).toEqual([
    [2, 4],
    ['north1', 1, 3],
    ['south1', 1, 1],
  ])
  expect(await ratios('definition=activity&by=region')).toEqual([
    [2, 4],
    ['north', 1, 3],
    ['south', 1, 1],
  ])
  expect(await ratios('by=source')).toEqual([
    [1, 4],
    ['ads', 0, 1],
    ['form', 1, 3],
  ])
  expect(await ratios('by=campaign')).toEqual([
    [1, 4],
    ['', 0, 3],
    ['spring', 1, 1],
  ])
  expect(await ratios('by=user')).toEqual([
    [1, 4],
    ['', 0, 1],
    ['u1', 1, 3],
  ])
  const hourIn = (timeZone: string) =>
    new Intl.DateTimeFormat('en-GB', { hour: '2-digit', timeZone }).format(new Date(createdMs))
  for (const zone of ['UTC', 'Asia/Tokyo'])
    expect(await ratios(`by=hour&zone=${zone}`)).toEqual([
      [1, 4],
      [hourIn(zone), 1, 4],
    ])
  const byDay = await rig.rows<{ location_id: string; leads: string; won: string }>(
    `SELECT location_id, toUInt32(sum(v.leads)) AS leads, toUInt32(sum(v.won)) AS won FROM hexroute.v_conversion_activity_by_location_day AS v
      WHERE tenant = 'agencyA' AND day > today() - 7 GROUP BY location_id ORDER BY location_id`,
  )
  expect(byDay).toEqual([
    { location_id: 'north1', leads: 3, won: 1 },
    { location_id: 'south1', leads: 1, won: 1 },
  ])
  const wins = 'tenant, toString(day) AS of_day, region_id, location_id, won, value'
  const won = await rig.rows(`SELECT ${wins} FROM hexroute.v_won_by_location_day ORDER BY location_id`)
  expect(won).toMatchObject([
    { location_id: 'north1', region_id: 'north', won: 1, value: 1200.5 },
    { location_id: 'south1', region_id: 'south', won: 1, value: 1200.5 },
  ])
  expect(won).toEqual(
    await rig.rows(
      `SELECT ${wins} FROM hexroute.v_conversion_activity_by_location_day WHERE won > 0 ORDER BY location_id`,
    ),
  )
})

test('speed to lead: quantiles of the contacted, the share of all; as the view has it', async () => {
  const { total, rows } = await read<SpeedToLead>('/v1/speed-to-lead?window=7d')
  expect(total).toEqual({ leads: 4, contacted: 3, p50S: 240, p90S: 768, under5m: 0.5 })
  expect(rows.map(({ id, leads, p50S, under5m }) => [id, leads, p50S, under5m])).toEqual([
    ['north1', 3, 240, 2 / 3],
    ['north2', 0, null, null],
    ['south1', 1, null, 0],
    ['south2', 0, null, null],
  ])
  const [view] = await rig.rows<object>(
    `SELECT toUInt32(leads) AS leads, toUInt32(contacted) AS contacted, round(p50_s, 3) AS p50_s, round(p90_s, 3) AS p90_s FROM hexroute.v_speed_to_lead WHERE location_id = 'north1'`,
  )
  expect(view).toEqual({ leads: 3, contacted: 3, p50_s: 240, p90_s: 768 })
  const business = await read<SpeedToLead>('/v1/speed-to-lead?window=7d&clock=business')
  expect([business.definition, business.total.p50S]).toEqual(['business', null])
})

test('funnel: who has ever come so far; a limited key sees its part', async () => {
  const whole = await read<Funnel>('/v1/funnel?window=7d')
  expect(whole.total).toEqual({ created: 5, routed: 4, delivered: 1, contacted: 3, appointment: 1, won: 1 })
  const part = await read<Funnel>(
    '/v1/funnel?window=7d',
    await rig.key({ role: 'region_manager', regionIds: ['south'] }),
  )
  expect(part.total).toMatchObject({ created: 1, routed: 1, won: 0 })
  expect(part.rows.map(({ id }) => id)).toEqual(['south1', 'south2'])
})

test('capacity: how full, and for how many minutes of those with demand', async () => {
  const { rows } = await read<Capacity>('/v1/capacity?window=30d')
  const full = Object.fromEntries(
    rows.map(({ id, ...row }) => [id, [row.utilisation, row.minutesSeen, row.minutesFull]]),
  )
  expect(full).toMatchObject({ north1: [1, 2, 1], south1: [1, 2, 2], south2: [null, 0, 0] })
})

test('heatmap: GeoJSON of cells with enough leads', async () => {
  const answer = await api.get('/v1/heatmap?window=7d', analyst)
  expect(answer.headers.get('content-type')).toContain('application/geo+json')
  const { features, withheld } = (await answer.json()) as { features: { properties: object }[]; withheld: number }
  expect([features.map(({ properties }) => properties), withheld]).toEqual([
    [{ cell: '8744c1a8effffff', resolution: 7, leads: 5, unserved: 1 }],
    0,
  ])
  const few = await read<{ features: object[]; withheld: number }>('/v1/heatmap?window=7d&leadsMin=6')
  expect([few.features, few.withheld]).toEqual([[], 5])
})

test('rows come page by page when a limit is asked for', async () => {
  const ids: string[] = []
  for (let cursor: string | null | undefined = ''; cursor !== null; ) {
    const page: Funnel = await read(`/v1/funnel?window=7d&limit=2${cursor && `&cursor=${cursor}`}`)
    ids.push(...page.rows.map(({ id }) => id))
    cursor = page.nextCursor ?? null
  }
  expect(ids).toEqual(['', 'north1', 'north2', 'south1', 'south2'])
})

test('every answer has a tag, and with it comes without a body', async () => {
  for (const path of ['conversion', 'speed-to-lead', 'funnel', 'capacity', 'heatmap', 'unaccounted']) {
    const first = await api.get(`/v1/${path}`, analyst)
    const headers = { authorization: `Bearer ${analyst}`, 'if-none-match': first.headers.get('etag')! }
    const second = await fetch(`${api.url}/v1/${path}`, { headers })
    expect([path, second.status, await second.text()]).toEqual([path, 304, ''])
  }
})

test('what a key may not see, and what is no question, is refused by a stable code', async () => {
  const widget = await rig.key({ role: 'widget' })
  const codeOf = async (path: string, key: string) =>
    ((await (await api.get(path, key)).json()) as { code: string }).code
  for (const path of ['/v1/capacity', '/v1/heatmap', '/v1/funnel?by=user', '/v1/unaccounted/gaps'])
    expect([path, await codeOf(path, widget)]).toEqual([path, 'FORBIDDEN'])
  for (const path of ['speed-to-lead', 'funnel', 'capacity', 'heatmap'])
    expect([path, await codeOf(`/v1/${path}?tenant=agencyB`, analyst)]).toEqual([path, 'FORBIDDEN'])
  const wrong = ['funnel?window=401d', 'funnel?by=moon', 'funnel?zone=Mars/Olympus', 'funnel?limit=2&cursor=%21']
  for (const path of [...wrong, 'heatmap?leadsMin=2', 'speed-to-lead?clock=sun'])
    expect([path, await codeOf(`/v1/${path}`, analyst)]).toEqual([path, 'BAD_REQUEST'])
})

test('the badge is a picture with the figure; the page for a frame holds the widget and no figure', async () => {
  const widget = await rig.key({ role: 'widget' })
  const badge = await fetch(`${api.url}/badge/${widget}.svg?window=7d&label=won`)
  expect([badge.status, badge.headers.get('content-type')]).toEqual([200, 'image/svg+xml; charset=utf-8'])
  const svg = await badge.text()
  expect(svg).toContain('<title>won: 25.0%, won among leads created in the last 7 days</title>')
  const again = await fetch(`${api.url}/badge/${widget}.svg?window=7d&label=won`, {
    headers: { 'if-none-match': badge.headers.get('etag')! },
  })
  expect(again.status).toBe(304)
  expect((await fetch(`${api.url}/badge/${analyst}.svg`)).status).toBe(403)
  expect((await fetch(`${api.url}/badge/nobody.svg`)).status).toBe(401)
  const page = await fetch(`${api.url}/embed/${widget}?metric=funnel&window=30d&theme=dark`)
  expect(await page.text()).toContain(
    `<hexroute-conversion token="${widget}" metric="funnel" window="30d" by="location" theme="dark">`,
  )
  expect(page.headers.get('content-security-policy')).toContain('frame-ancestors *')
  expect(page.headers.get('referrer-policy')).toBe('no-referrer')
  expect((await fetch(`${api.url}/embed/%3Cscript%3E`)).status).toBe(400)
})
