import { ClickHouseLogLevel, createClient } from '@clickhouse/client'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type AnalyticsApi, startAnalyticsApi } from '../support/analytics-api.ts'
import { type AnalyticsRig, startAnalyticsRig } from '../support/analytics-rig.ts'
import { CANARY, plantRows } from '../support/planted-rows.ts'
import { randomSelect, VIEWS } from '../support/random-select.ts'
import { attacks, honest } from '../support/sql-attacks.ts'

const RUNS = Number(process.env.SQL_PROPERTY_RUNS ?? 60)

let rig: AnalyticsRig
let api: AnalyticsApi
/** Its limit of time is reached with a third of the processor's time. */
let impatient: AnalyticsApi
let north: string
let planted: string[]

beforeAll(async () => {
  rig = await startAnalyticsRig()
  api = await startAnalyticsApi(rig)
  impatient = await startAnalyticsApi(rig, { sqlSecondsMax: 1 })
  planted = await plantRows(rig)
  north = await rig.key({ role: 'analyst', regionIds: ['north'] })
})
afterAll(async () => {
  await impatient?.stop()
  await api?.stop()
  await rig?.stop()
})

async function ask(
  sql: string,
  key = north,
  query = '',
  { url } = api,
): Promise<{ status: number; code: string; body: string }> {
  const headers = { authorization: `Bearer ${key}` }
  const answer = await fetch(`${url}/sql${query}`, { method: 'POST', body: sql, headers })
  const body = Buffer.from(await answer.arrayBuffer()).toString('latin1')
  return { status: answer.status, code: answer.headers.get('x-clickhouse-exception-code') ?? '', body }
}

test.each(Object.entries(attacks))('who %s gets nothing that is not his', async (_how, statements) => {
  const before = await totals()
  const leaks: string[] = []
  for (const sql of statements) {
    const { status, body } = await ask(sql, north, '?param_t=hexroute.migrations')
    if (body.toLowerCase().includes(CANARY) || body.includes('0001_rows') || status >= 500)
      leaks.push(`${sql} -> ${status} ${body}`)
    if (status === 200 && !/own/.test(body)) leaks.push(`${sql} was answered: ${body.slice(0, 200)}`)
  }
  expect(leaks).toEqual([])
  expect(await totals()).toEqual(before)
})

async function totals(): Promise<Record<string, string>> {
  const counts = planted.map(async (table) => {
    const [row] = await rig.rows<{ n: string }>(`SELECT count() AS n FROM hexroute.${table}`)
    return [table, row!.n] as const
  })
  return Object.fromEntries(await Promise.all(counts))
}

test('settings in the URL change no limit, no filter and no mode', async () => {
  for (const setting of [
    'additional_table_filters={}',
    'readonly=0',
    'max_result_rows=0',
    'database=system',
    'role=x',
  ]) {
    expect(await ask('SELECT count() FROM decisions', north, `?${setting}`)).toMatchObject({ status: 200, body: '1\n' })
  }
})

test.each(honest)('an analyst asks: %s', async (sql, expected) => {
  expect((await ask(sql)).body.trim()).toBe(expected)
})

test('every table and view of the database shows a limited key its own rows or nothing', async () => {
  const all = await rig.rows<{ name: string; engine: string }>(
    `SELECT name, engine FROM system.tables WHERE database = 'hexroute'`,
  )
  const location = await rig.key({ role: 'analyst', locationIds: ['north1'] })
  const whole = await rig.key({ role: 'analyst' })
  for (const { name, engine } of all)
    for (const final of engine === 'View' ? [''] : ['', ' FINAL'])
      await Promise.all(
        [north, location, whole].map(async (key) => {
          const { body } = await ask(`SELECT * FROM hexroute.${name}${final} FORMAT JSONEachRow`, key)
          expect(body, `${name}${final}`).not.toContain(key === whole ? 'canary_tenant' : CANARY)
        }),
      )
  // The rows that must not be seen are there to be seen.
  for (const table of planted) {
    const [row] = await rig.rows<{ n: string }>(`SELECT count() AS n FROM hexroute.${table} WHERE tenant != 'agencyA'`)
    expect(Number(row!.n), table).toBeGreaterThan(0)
  }
  expect(planted.length).toBeGreaterThanOrEqual(6)
})

test('rows of no location are for keys of a whole tenant; the operator sees every tenant', async () => {
  const whole = await ask('SELECT why FROM decisions ORDER BY why', await rig.key({ role: 'analyst' }))
  expect(whole.body).toBe('canary\ncanary_unplaced\nown\n')
  const operator = await rig.key({ role: 'admin', tenant: null })
  expect((await ask('SELECT count() FROM decisions', operator)).body).toBe('4\n')
  const odd = await rig.key({ role: 'analyst', regionIds: ["') OR 1=1 --", "\\') OR (\\'1\\'=\\'1"] })
  expect((await ask('SELECT count() FROM decisions', odd)).body).toBe('0\n')
})

test(`no SELECT out of ${RUNS} at random has another's row in its answer`, async () => {
  const select = randomSelect([...planted, ...VIEWS].map((name) => `hexroute.${name}`))
  let answered = 0
  await fc.assert(
    fc.asyncProperty(select, async (sql) => {
      const { status, code, body } = await ask(sql, north)
      expect(code, 'ILLEGAL_DIVISION').not.toBe('153')
      if (status === 200) answered++
      expect(body.replace(/^Code:.*/s, '')).not.toContain(CANARY)
    }),
    { numRuns: RUNS },
  )
  expect(answered).toBeGreaterThan(RUNS / 3)
})

test('what would run for ever, or fill the memory, is ended', async () => {
  const began = Date.now()
  const endless = 'SELECT sum(sin(a.number * b.number)) FROM numbers(1e6) AS a, numbers(1e6) AS b'
  expect(await ask(endless, north, '', impatient)).toMatchObject({ status: 408, code: '159' })
  expect(Date.now() - began).toBeLessThan(8_000)
  expect(await ask('SELECT groupArray(toString(number)) FROM numbers(1e9)')).toMatchObject({ status: 413, code: '241' })
  expect(await ask('SELECT number FROM numbers(20000)')).toMatchObject({ status: 413, code: '396' })
  expect(await ask(`SELECT '${'x'.repeat(70_000)}'`)).toMatchObject({ status: 413 })
  const long = 'SELECT sum(sin(number)) FROM numbers(1e8)'
  const many = await Promise.all(Array.from({ length: 5 }, () => ask(long, north, '', impatient)))
  expect(many.filter(({ code }) => code === '202').length).toBe(3)
  expect((await ask('SELECT 1')).body).toBe('1\n')
})

test('only a key that is alive asks, and never from a URL', async () => {
  expect((await fetch(`${api.url}/sql?query=SELECT+1`)).status).toBe(401)
  expect((await fetch(`${api.url}/sql?query=SELECT+1&user=x&password=${north}`)).status).toBe(401)
  expect(await ask('SELECT 1', await rig.key({ role: 'widget' }))).toMatchObject({ status: 403, code: '497' })
  const revoked = await rig.key({ role: 'analyst' })
  await rig.postgres.query(
    `UPDATE hexroute.access_keys SET revoked_at = now() WHERE key_sha256 = encode(sha256($1::bytea), 'hex')`,
    [revoked],
  )
  expect(await ask('SELECT 1', revoked)).toMatchObject({ status: 401, code: '516' })
})

test('the official client of ClickHouse asks through it, with parameters, and reads faults as faults', async () => {
  const client = createClient({
    url: api.url,
    pathname: '/sql',
    username: 'analyst',
    password: north,
    log: { level: ClickHouseLogLevel.OFF },
  })
  try {
    const answer = await client.query({
      query: 'SELECT why, {n:UInt8} AS n FROM hexroute.decisions WHERE why = {why:String}',
      query_params: { n: 7, why: 'own' },
      format: 'JSONEachRow',
    })
    expect(await answer.json()).toEqual([{ why: 'own', n: 7 }])
    await expect(client.query({ query: 'SELECT * FROM hexroute.migrations' })).rejects.toMatchObject({ code: '497' })
    await expect(client.insert({ table: 'hexroute.decisions', values: [{ tenant: 'x' }] })).rejects.toMatchObject({
      code: '497',
    })
    expect((await client.ping({ select: true })).success).toBe(true)
  } finally {
    await client.close()
  }
})
