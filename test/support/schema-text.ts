import type { ClickHouseClient } from '@clickhouse/client'
import type pg from 'pg'

const HEADER = `-- What the migrations make, all of them run. Written by the test that compares it: npx vitest run the-schema-is-what -u.
-- Read this to learn the tables, read the steps to learn why.
`

/** Tables, then views, each as ClickHouse itself writes it down. */
export async function clickhouseSchema(clickhouse: ClickHouseClient): Promise<string> {
  const answer = await clickhouse.query({
    query: `SELECT create_table_query AS text FROM system.tables WHERE database = 'hexroute'
             ORDER BY engine LIKE '%View', name`,
    format: 'JSONEachRow',
  })
  const tables = await answer.json<{ text: string }>()
  const texts = await Promise.all(
    tables.map(async ({ text }) => {
      const shown = await clickhouse.query({
        query: 'SELECT formatQuery({text:String}) AS text',
        query_params: { text },
        format: 'JSONEachRow',
      })
      return (await shown.json<{ text: string }>())[0]!.text
    }),
  )
  return `${HEADER}\n${texts.join(';\n\n')};\n`
}

/** Tables with columns, constraints, indexes and comments, then views and functions. Partitions are made as time goes on. */
export async function postgresSchema(postgres: pg.Pool): Promise<string> {
  const parts: string[] = []
  for (const query of [TABLES, INDEXES, VIEWS, FUNCTIONS, COMMENTS]) {
    const { rows } = await postgres.query<{ text: string }>(query)
    parts.push(...rows.map(({ text }) => text))
  }
  return `${HEADER}\n${parts.join('\n\n')}\n`
}

const OF_SCHEMA = `c.relnamespace = 'hexroute'::regnamespace AND NOT c.relispartition`

const TABLES = `
  SELECT format(E'CREATE TABLE hexroute.%I (\\n%s\\n)%s;', c.relname, (
    SELECT string_agg('  ' || line, E',\\n' ORDER BY place) FROM (
      SELECT attnum::int AS place, format('%I %s%s%s', attname, format_type(atttypid, atttypmod),
        CASE WHEN attnotnull THEN ' NOT NULL' ELSE '' END,
        coalesce(' DEFAULT ' || pg_get_expr(d.adbin, d.adrelid), '')) AS line
      FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
      WHERE a.attrelid = c.oid AND attnum > 0 AND NOT attisdropped
      UNION ALL
      SELECT 10000 + row_number() OVER (ORDER BY contype <> 'p', conname), format('CONSTRAINT %I %s', conname, pg_get_constraintdef(oid))
      FROM pg_constraint WHERE conrelid = c.oid AND contype <> 'n'
    ) AS lines),
    coalesce(' PARTITION BY ' || pg_get_partkeydef(c.oid), '')) AS text
  FROM pg_class c WHERE ${OF_SCHEMA} AND c.relkind IN ('r', 'p') ORDER BY c.relname`

const INDEXES = `
  SELECT pg_get_indexdef(i.indexrelid) || ';' AS text
  FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
  WHERE ${OF_SCHEMA} AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = i.indexrelid)
  ORDER BY c.relname`

const VIEWS = `
  SELECT format(E'CREATE VIEW hexroute.%I AS\\n%s', c.relname, pg_get_viewdef(c.oid)) AS text
  FROM pg_class c WHERE ${OF_SCHEMA} AND c.relkind = 'v' ORDER BY c.relname`

const FUNCTIONS = `
  SELECT rtrim(pg_get_functiondef(oid), E'\\n') || ';' AS text
  FROM pg_proc WHERE pronamespace = 'hexroute'::regnamespace ORDER BY proname, pg_get_function_identity_arguments(oid)`

const COMMENTS = `
  SELECT format('COMMENT ON %s hexroute.%I%s IS %L;', CASE WHEN objsubid = 0 THEN 'TABLE' ELSE 'COLUMN' END, c.relname,
    CASE WHEN objsubid = 0 THEN '' ELSE '.' || quote_ident(a.attname) END, description) AS text
  FROM pg_description JOIN pg_class c ON c.oid = objoid AND classoid = 'pg_class'::regclass
  LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = objsubid AND objsubid > 0
  WHERE ${OF_SCHEMA} AND c.relkind IN ('r', 'p') ORDER BY c.relname, objsubid`
