import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Conversion } from '../../contracts/conversion.ts'
import type { Problem } from '../../contracts/problem.ts'
import { type AnalyticsApi, readLive, startAnalyticsApi } from '../support/analytics-api.ts'
import { makeDecision } from '../support/analytics-messages.ts'
import { type AnalyticsRig, startAnalyticsRig } from '../support/analytics-rig.ts'
import { until } from '../support/until.ts'

let rig: AnalyticsRig
let api: AnalyticsApi
let whole: string
const createdMs = Date.now() - 60_000
const decisions = [
  makeDecision(1, createdMs),
  makeDecision(2, createdMs, { locationId: 'south1', regionId: 'south' }),
  makeDecision(3, createdMs, { locationId: 'south2', regionId: 'south' }),
  makeDecision(4, createdMs, { locationId: 'other1', regionId: 'other', tenant: 'agencyB' }),
  makeDecision(5, createdMs, { outcome: 'held', locationId: null, regionId: null, tier: null }),
]

beforeAll(async () => {
  rig = await startAnalyticsRig()
  api = await startAnalyticsApi(rig)
  whole = await rig.key({ tenant: null, role: 'admin' })
  rig.sink()
  await rig.publish('decision', decisions)
  await until(
    'all decisions',
    15_000,
    () => totals(whole),
    (row) => Object.keys(row).length === 4,
  )
})
afterAll(async () => {
  await api?.stop()
  await rig?.stop()
})

async function totals(key: string, query = ''): Promise<Record<string, number>> {
  const { rows } = (await (await api.get(`/v1/conversion?window=1d${query}`, key)).json()) as Conversion
  return Object.fromEntries(rows.filter(({ leads }) => leads > 0).map(({ id, leads }) => [id, leads]))
}
const codeOf = async (path: string, key?: string) => {
  const answer = await api.get(path, key)
  return [answer.status, ((await answer.json()) as Problem).code]
}

test('a key sees its tenant, its regions or its locations, and nothing beside', async () => {
  expect(await totals(whole)).toEqual({ north1: 1, south1: 1, south2: 1, other1: 1 })
  expect(await totals(whole, '&tenant=agencyB')).toEqual({ other1: 1 })
  expect(await totals(await rig.key({ role: 'analyst' }))).toEqual({ north1: 1, south1: 1, south2: 1 })
  const south = await rig.key({ role: 'region_manager', regionIds: ['south'] })
  expect(await totals(south)).toEqual({ south1: 1, south2: 1 })
  expect(await totals(south, '&by=region')).toEqual({ south: 2 })
  expect(await totals(await rig.key({ role: 'location_manager', locationIds: ['south2'] }))).toEqual({ south2: 1 })
  expect(await totals(await rig.key({ regionIds: ['other'] }))).toEqual({})
  expect(await totals(await rig.key({ locationIds: ["') OR 1=1 --"] }))).toEqual({})
})

test('the live feed of a limited key carries its own decisions only', async () => {
  const south = await rig.key({ regionIds: ['south'] })
  const authorization = `Bearer ${south}`
  const events = await readLive(`${api.url}/v1/live`, { authorization }, ({ value }) => value.locationId === 'south2')
  const seen = events.filter(({ event }) => event === 'decision').map(({ value }) => value.locationId)
  expect(seen).toEqual(['south1', 'south2'])
  expect(events[0]!.value.total).toMatchObject({ leads: 2 })
})

test('who may not read is told why, by a stable code', async () => {
  const analyst = await rig.key({ role: 'analyst' })
  const widget = await rig.key({ role: 'widget' })
  const revoked = await rig.key({ role: 'analyst' })
  await rig.postgres.query(
    `UPDATE hexroute.access_keys SET revoked_at = now() WHERE key_sha256 = encode(sha256($1::bytea), 'hex')`,
    [revoked],
  )
  expect(await codeOf('/v1/conversion')).toEqual([401, 'UNAUTHENTICATED'])
  expect(await codeOf('/v1/conversion', 'no such key')).toEqual([401, 'UNAUTHENTICATED'])
  expect(await codeOf('/v1/conversion', revoked)).toEqual([401, 'UNAUTHENTICATED'])
  expect(await codeOf(`/v1/conversion?token=${analyst}`)).toEqual([403, 'TOKEN_IN_URL'])
  expect((await api.get(`/v1/conversion?token=${widget}`)).status).toBe(200)
  expect(await codeOf('/v1/conversion?tenant=agencyB', analyst)).toEqual([403, 'FORBIDDEN'])
  expect(await codeOf('/v1/unaccounted', widget)).toEqual([403, 'FORBIDDEN'])
  expect(await codeOf('/v1/conversion?window=7y', analyst)).toEqual([400, 'BAD_REQUEST'])
  expect(await codeOf('/v1/nothing', analyst)).toEqual([404, 'NOT_FOUND'])
})
