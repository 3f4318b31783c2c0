import { gzipSync } from 'node:zlib'
import { type ClickHouseClient, ClickHouseError, createClient } from '@clickhouse/client'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestClickhouse, type TestBackend } from '../support/backends.ts'

let store: TestBackend
let client: ClickHouseClient

beforeAll(async () => {
  store = await startTestClickhouse()
  const compression = { request: true, response: true }
  client = createClient({ url: store.url, compression, clickhouse_settings: { async_insert: 0 } })
  await client.command({ query: 'CREATE DATABASE shop ENGINE = Atomic' })
})
afterAll(async () => {
  await client.close()
  await store.stop()
})

const ask = (query: string, init?: RequestInit, more = '') =>
  fetch(`${store.url}/?query=${encodeURIComponent(query)}${more}`, { method: 'POST', ...init })

async function rowsOf<T>(query: string): Promise<T[]> {
  const result = await client.query({ query, format: 'JSONEachRow' })
  return result.json<T>()
}

test('the official client inserts rows and reads them back by parameters', async () => {
  await client.command({
    query: 'CREATE TABLE shop.leads (id UInt64, name String, tags Array(String)) ENGINE = MergeTree ORDER BY id',
  })
  const values = Array.from({ length: 500 }, (_, id) => ({
    id,
    name: `Zoë "${id}" \\ '\t\n`,
    tags: ['a', "b'"],
  }))
  const { summary } = await client.insert({ table: 'shop.leads', values, format: 'JSONEachRow' })
  expect(summary).toMatchObject({ written_rows: '500' })
  const found = await client.query({
    query:
      'SELECT * FROM shop.leads WHERE name = {name: String} AND id > {id: UInt32} AND tags = {tags: Array(String)}',
    query_params: { name: values[499]?.name, id: 7, tags: values[499]?.tags },
    format: 'JSONEachRow',
  })
  expect(await found.json()).toEqual([values[499]])
})

test('the same deduplication token stores a batch once, in the table and behind its materialized view', async () => {
  const settings = 'SETTINGS non_replicated_deduplication_window = 1000'
  await client.command({
    query: `CREATE TABLE shop.raw (lead String, at DateTime64(3)) ENGINE = MergeTree ORDER BY lead ${settings}`,
  })
  await client.command({
    query: `CREATE TABLE shop.first (lead String, at SimpleAggregateFunction(min, DateTime64(3)), n SimpleAggregateFunction(sum, UInt64))
            ENGINE = AggregatingMergeTree ORDER BY lead ${settings}`,
  })
  await client.command({
    query:
      'CREATE MATERIALIZED VIEW shop.to_first TO shop.first AS SELECT lead, min(at) AS at, count() AS n FROM shop.raw GROUP BY lead',
  })
  const insert = (token: string, lead: string) =>
    client.insert({
      table: 'shop.raw',
      values: [{ lead, at: '2026-03-01 10:00:00.000' }],
      format: 'JSONEachRow',
      clickhouse_settings: { insert_deduplication_token: token, deduplicate_blocks_in_dependent_materialized_views: 1 },
    })
  await insert('batch-1', 'a')
  await insert('batch-1', 'a')
  await insert('batch-2', 'b')
  expect(await rowsOf('SELECT lead, toUInt32(sum(n)) AS n FROM shop.first GROUP BY lead ORDER BY lead')).toEqual([
    { lead: 'a', n: 1 },
    { lead: 'b', n: 1 },
  ])
})

test('JSON columns and H3 work as on a server', async () => {
  await client.command({
    query: 'CREATE TABLE shop.events (id UInt8, payload JSON(kind String)) ENGINE = MergeTree ORDER BY id',
  })
  await client.insert({
    table: 'shop.events',
    values: [{ id: 1, payload: { kind: 'won', deal: { usd: 40 } } }],
    format: 'JSONEachRow',
  })
  expect(await rowsOf('SELECT payload.kind AS kind, payload.deal.usd::UInt32 AS usd FROM shop.events')).toEqual([
    { kind: 'won', usd: 40 },
  ])
  const [cell] = await rowsOf<{ cell: string }>(
    'SELECT h3ToString(geoToH3(37.775938728915946, -122.41795063018799, 8)) AS cell',
  )
  expect(cell?.cell).toMatch(/^88[0-9a-f]{13}$/)
})

test('curl and SQL tools get ClickHouse answers: ping, text formats, headers, gzip both ways', async () => {
  expect(await (await fetch(`${store.url}/ping`)).text()).toBe('Ok.\n')
  const plain = await fetch(`${store.url}/?default_format=CSV`, { method: 'POST', body: "SELECT 1 AS x, 'a b' AS y" })
  expect(await plain.text()).toBe('1,"a b"\n')
  expect(plain.headers.get('x-clickhouse-format')).toBe('CSV')
  expect(plain.headers.get('x-clickhouse-query-id')).toMatch(/^[0-9a-f-]{36}$/)
  await ask('CREATE TABLE shop.packed (n UInt32) ENGINE = MergeTree ORDER BY n')
  const body = gzipSync(Array.from({ length: 1000 }, (_, n) => n).join('\n'))
  const inserted = await ask('INSERT INTO shop.packed FORMAT TabSeparated', {
    body,
    headers: { 'content-encoding': 'gzip' },
  })
  expect(JSON.parse(inserted.headers.get('x-clickhouse-summary') ?? '{}')).toMatchObject({ written_rows: '1000' })
  const packed = await ask('SELECT n FROM shop.packed ORDER BY n', {}, '&enable_http_compression=1')
  expect(packed.headers.get('content-encoding')).toBe('gzip')
  expect((await packed.text()).split('\n')).toHaveLength(1001)
})

test('binary formats pass unharmed', async () => {
  const bytes = await (await ask('SELECT n FROM shop.packed FORMAT Native')).arrayBuffer()
  await ask('CREATE TABLE shop.copy (n UInt32) ENGINE = MergeTree ORDER BY n')
  expect((await ask('INSERT INTO shop.copy FORMAT Native', { body: bytes })).status).toBe(200)
  expect(await (await ask('SELECT count(), sum(n) FROM shop.copy')).text()).toBe('1000\t499500\n')
})

test('an error has its HTTP status, its code and the words of ClickHouse', async () => {
  const wrong = await ask('SELECT nothing FROM shop.nowhere')
  expect(wrong.status).toBe(404)
  expect(wrong.headers.get('x-clickhouse-exception-code')).toBe('60')
  expect(await wrong.text()).toMatch(/^Code: 60\. DB::Exception: .*UNKNOWN_TABLE/)
  const unknown = await client.query({ query: 'SELECT 1 FROM shop.nowhere' }).catch((error: unknown) => error)
  expect(unknown).toBeInstanceOf(ClickHouseError)
  expect(unknown).toMatchObject({ code: '60', type: 'UNKNOWN_TABLE' })
  expect((await ask('SELEKT 1')).status).toBe(400)
  expect((await ask('SELECT 1', {}, '&no_such_setting=1')).headers.get('x-clickhouse-exception-code')).toBe('115')
  expect((await ask('SELECT 1', {}, '&session_id=a')).headers.get('x-clickhouse-exception-code')).toBe('48')
})

test('read-only is kept, for GET always and for POST when asked, and settings end with their statement', async () => {
  const url = `${store.url}/?query=${encodeURIComponent('CREATE TABLE shop.sneaky (x UInt8) ENGINE = Memory')}`
  expect((await fetch(url)).headers.get('x-clickhouse-exception-code')).toBe('164')
  expect((await fetch(`${url}&readonly=1`, { method: 'POST' })).status).toBe(403)
  expect((await ask('SET readonly = 0; DROP DATABASE shop', {}, '&readonly=1')).status).toBe(403)
  expect((await ask('INSERT INTO shop.packed VALUES (1)', {}, '&readonly=2')).status).toBe(403)
  expect(await (await ask("SELECT getSetting('max_threads')", {}, '&max_threads=7')).text()).toBe('7\n')
  expect(await (await ask("SELECT getSetting('max_threads')")).text()).not.toBe('7\n')
  const compiles = "SELECT toUInt8(getSetting('compile_expressions'))"
  expect(await (await ask(compiles)).text()).toBe('0\n')
  expect(await (await ask(compiles, {}, '&compile_expressions=1')).text()).toBe('1\n')
})

test('a web page of another site gets no answer', async () => {
  expect((await ask('SELECT 1', { headers: { 'sec-fetch-site': 'cross-site' } })).status).toBe(403)
})

test('statements run side by side, and a time limit ends one', async () => {
  const slow = ask('SELECT sleep(3)')
  const quick = ask('SELECT 1')
  expect(await Promise.race([slow.then(() => 'the slow one'), quick.then(() => 'the quick one')])).toBe('the quick one')
  const stopped = await ask(
    'SELECT count() FROM numbers(1e12) WHERE sipHash64(number) = 1',
    {},
    '&max_execution_time=1',
  )
  expect(stopped.headers.get('x-clickhouse-exception-code')).toBe('159')
  expect((await slow).status).toBe(200)
})

test('kill -9 in the middle of inserts keeps every row that was answered', async () => {
  await ask('CREATE TABLE shop.ledger (n UInt64) ENGINE = MergeTree ORDER BY n')
  const answered: number[] = []
  const writing = insertUntilItFails(answered)
  await expect.poll(() => answered.length, { timeout: 20_000 }).toBeGreaterThan(30)
  await store.kill()
  await writing
  await store.restart()
  const stored = new Set((await rowsOf<{ n: string }>('SELECT n FROM shop.ledger')).map(({ n }) => Number(n)))
  expect(answered.filter((n) => !stored.has(n))).toEqual([])
  expect(stored.size - answered.length).toBeLessThanOrEqual(4)
})

async function insertUntilItFails(answered: number[]): Promise<void> {
  const lane = async (first: number) => {
    for (let n = first; ; n += 4) {
      const answer = await ask('INSERT INTO shop.ledger FORMAT JSONEachRow', { body: JSON.stringify({ n }) }).catch(
        () => undefined,
      )
      if (!answer?.ok) return
      answered.push(n)
    }
  }
  await Promise.all([0, 1, 2, 3].map(lane))
}
