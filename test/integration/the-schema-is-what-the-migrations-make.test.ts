import { readdir, readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { forCluster, statements } from '../../migrations/for-cluster.ts'
import { type AnalyticsRig, startAnalyticsRig } from '../support/analytics-rig.ts'
import { clickhouseSchema, postgresSchema } from '../support/schema-text.ts'

let rig: AnalyticsRig
beforeAll(async () => {
  rig = await startAnalyticsRig()
})
afterAll(() => rig.stop())

const stateOf = (store: string) => fileURLToPath(new URL(`../../migrations/schema/${store}.sql`, import.meta.url))

test('the state of ClickHouse after all steps is the one written down', async () => {
  await expect(await clickhouseSchema(rig.clickhouse)).toMatchFileSnapshot(stateOf('clickhouse'))
})

test('the state of Postgres after all steps is the one written down', async () => {
  await expect(await postgresSchema(rig.postgres)).toMatchFileSnapshot(stateOf('postgres'))
})

test('every table, view and column of ClickHouse says what it is', async () => {
  const silent = await rig.rows<{ name: string }>(`
    SELECT concat(table, '.', name) AS name FROM system.columns
     WHERE database = 'hexroute' AND comment = '' AND table != 'migrations' AND table NOT LIKE '%\\_from\\_%'
     UNION ALL
    SELECT name FROM system.tables
     WHERE database = 'hexroute' AND comment = '' AND name != 'migrations' AND engine != 'MaterializedView'`)
  expect(silent.map(({ name }) => name)).toEqual([])
})

test('every table that rows come to drops a repeated token, and forgets nothing at once', async () => {
  const tables = await rig.rows<{ name: string; text: string }>(`
    SELECT name, create_table_query AS text FROM system.tables
     WHERE database = 'hexroute' AND engine LIKE '%MergeTree' AND name != 'migrations'`)
  expect(tables.length).toBeGreaterThanOrEqual(8)
  for (const { name, text } of tables) {
    expect(text, name).toContain('non_replicated_deduplication_window = 1000')
    expect(text, name).toContain('fsync_after_insert = 1')
  }
})

test('every statement for a cluster is one that ClickHouse parses, runs on all hosts and replicates its table', async () => {
  const folder = new URL('../../migrations/clickhouse/', import.meta.url)
  const files = (await readdir(folder)).filter((file) => file.endsWith('.sql'))
  const texts = await Promise.all(files.map((file) => readFile(new URL(file, folder), 'utf8')))
  const all = texts.flatMap((text) => statements(forCluster(text, 'hexroute_cluster')))
  expect(all.length).toBeGreaterThan(40)
  const remembering = all.filter((query) => query.includes('replicated_deduplication_window_seconds = 1209600'))
  expect(remembering.length).toBeGreaterThanOrEqual(8)
  for (const query of all) {
    const answer = await rig.clickhouse.query({ query: 'SELECT formatQuery({query:String})', query_params: { query } })
    expect(await answer.text(), query).not.toBe('')
    if (!/^INSERT/.test(query)) expect(query).toContain("ON CLUSTER 'hexroute_cluster'")
    for (const [, engine] of query.matchAll(/ENGINE = (\w+)/g)) expect(engine).toMatch(/^Replicated\w*MergeTree$/)
    // The window of one node says nothing to a replicated table, whose own is an hour.
    expect(query).not.toContain('non_replicated_deduplication_window')
  }
})

test('a name that is none does not become part of a statement', () => {
  expect(() => forCluster('SELECT 1', "x' SYNC; DROP DATABASE hexroute --")).toThrow('CLICKHOUSE_CLUSTER')
})
