import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ClickHouseClient } from '@clickhouse/client'
import type pg from 'pg'

type Hit = `${'postgres' | 'clickhouse' | 'stream'} ${string}`

/** Every place where one of these texts stands: all columns of Postgres and ClickHouse, all files of the streams. */
export async function placesOf(
  texts: readonly string[],
  stores: { pool: pg.Pool; clickhouse: ClickHouseClient; natsDir: string },
): Promise<Hit[]> {
  const needles = texts.map((text) => text.toLowerCase())
  return [
    ...(await inPostgres(needles, stores.pool)),
    ...(await inClickhouse(needles, stores.clickhouse)),
    ...inFiles(needles, stores.natsDir),
  ]
}

async function inPostgres(needles: string[], pool: pg.Pool): Promise<Hit[]> {
  const { rows: tables } = await pool.query<{ name: string }>(
    `SELECT c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname = 'hexroute' AND c.relkind IN ('r', 'p') AND NOT c.relispartition`,
  )
  const hits: Hit[] = []
  for (const { name } of tables) {
    // A row as text is all of its columns.
    const { rows } = await pool.query<{ text: string }>(
      `SELECT needle AS text FROM unnest($1::text[]) AS needle
        WHERE EXISTS (SELECT FROM hexroute.${name} AS t WHERE position(needle IN lower(t::text)) > 0)`,
      [needles],
    )
    hits.push(...rows.map(({ text }): Hit => `postgres ${name}: ${text}`))
  }
  return hits
}

async function inClickhouse(needles: string[], clickhouse: ClickHouseClient): Promise<Hit[]> {
  const read = async <Row>(query: string, query_params = {}): Promise<Row[]> =>
    (await clickhouse.query({ query, query_params, format: 'JSONEachRow' })).json<Row>()
  const tables = await read<{ table: string; columns: string[] }>(
    `SELECT c.table AS table, groupArray(c.name) AS columns FROM system.columns AS c
       JOIN system.tables AS t ON t.database = c.database AND t.name = c.table
      WHERE c.database = 'hexroute' AND t.engine LIKE '%MergeTree' AND c.default_kind != 'ALIAS'
        AND (c.type LIKE '%String%' OR c.type LIKE 'JSON%') GROUP BY c.table`,
  )
  const hits: Hit[] = []
  for (const { table, columns } of tables) {
    // All columns of a table at once: 67 questions, one for each, took 0.6 s of processor.
    const values = columns.map((name) => `('${name}', lower(toString(${name})))`).join(', ')
    const found = await read<{ name: string; text: string }>(
      `SELECT DISTINCT value.1 AS name, needle AS text FROM (SELECT arrayJoin({needles:Array(String)}) AS needle) AS n
        CROSS JOIN (SELECT arrayJoin([${values}]) AS value FROM hexroute.${table}) AS v
        WHERE position(value.2, needle) > 0`,
      { needles },
    )
    hits.push(...found.map(({ name, text }): Hit => `clickhouse ${table}.${name}: ${text}`))
  }
  return hits
}

function inFiles(needles: string[], dir: string): Hit[] {
  return readdirSync(dir, { recursive: true, withFileTypes: true }).flatMap((entry) => {
    if (!entry.isFile() || !entry.name.endsWith('.blk')) return []
    const content = readFileSync(join(entry.parentPath, entry.name)).toString('latin1').toLowerCase()
    return needles.flatMap((text): Hit[] => (content.includes(text) ? [`stream ${entry.parentPath}: ${text}`] : []))
  })
}
