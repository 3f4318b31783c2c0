import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { type ClickHouseClient, createClient } from '@clickhouse/client'
import pg from 'pg'
import { startClickhouse } from '../local/backends/clickhouse.ts'
import { startPostgres } from '../local/backends/postgres.ts'
import { migrate } from '../migrations/migrate.ts'
import { ask } from './questions/ask.ts'
import { copyToPostgres } from './questions/postgres-rows.ts'
import { questions } from './questions/questions.ts'
import { EVENTS_PER_LEAD, writeRows } from './questions/rows.ts'

/**
 * `node --import tsx bench/questions.ts [EVENTS=1000000] [TRIES=40] [FILE]`: what dashboards ask, over so many events of 90
 * days and 100 locations, beside Postgres with the same rows. Prints Markdown, and writes it to FILE.
 */
const [events = 1_000_000, tries = 40] = process.argv.slice(2, 4).map(Number)
const dir = mkdtempSync(join(tmpdir(), 'hexroute-bench-'))
const postgres = await startPostgres({ dir: join(dir, 'postgres'), password: 'bench', disposable: true })
const backend = await startClickhouse({ dir: join(dir, 'clickhouse'), port: 0 })
const clickhouse = createClient({ url: backend.url, request_timeout: 900_000, log: { level: 127 } })
const pool = new pg.Pool({ connectionString: postgres.url, max: 1 })
try {
  await migrate({ databaseUrl: postgres.url, clickhouseUrl: backend.url })
  const start = performance.now()
  await writeRows(clickhouse, events / EVENTS_PER_LEAD, (day) => console.error(`${day} of 90 days`))
  const wroteS = (performance.now() - start) / 1_000
  await untilMerged(clickhouse)
  await copyToPostgres(clickhouse, pool, join(dir, 'copies'))
  const text = await report(wroteS)
  console.log(text)
  if (process.argv[4]) writeFileSync(process.argv[4], text)
} finally {
  await pool.end()
  await clickhouse.close()
  await backend.stop()
  await postgres.stop()
  rmSync(dir, { recursive: true, force: true })
}

async function report(wroteS: number): Promise<string> {
  const rows: string[] = []
  for (const { name, limitMs, clickhouse: query, postgres: reference } of questions) {
    const own = await ask(tries, async () => (await clickhouse.query({ query, format: 'JSONEachRow' })).json())
    const other = reference ? await ask(Math.min(tries, 12), () => pool.query(reference)) : undefined
    rows.push(
      `| ${name} | ${own.p50Ms.toFixed(0)} | ${own.p95Ms.toFixed(0)} | ${limitMs} | ${other?.p50Ms.toFixed(0) ?? ''} | ${other ? (own.p50Ms / other.p50Ms).toFixed(2) : ''} |`,
    )
  }
  const tables = await rowsOf<{ table: string; rows: string; parts: string; size: string }>(`
    SELECT table, toString(sum(p.rows)) AS rows, toString(count()) AS parts, formatReadableSize(sum(bytes_on_disk)) AS size
      FROM system.parts AS p WHERE active AND database = 'hexroute' AND table != 'migrations' GROUP BY table ORDER BY sum(p.rows) DESC`)
  return [
    `## ${events.toLocaleString('en')} events`,
    '',
    `${cpus().length} cores (${cpus()[0]?.model.trim()}), Node ${process.version}, load average ${loadavg()[0]?.toFixed(1)}, commit ${execFileSync('git', ['rev-parse', '--short', 'HEAD']).toString().trim()}; ${tries} answers each; rows written in ${wroteS.toFixed(0)} s.`,
    '',
    '| question | p50 ms | p95 ms | aim for p95 | Postgres p50 ms | ratio |',
    '|---|---|---|---|---|---|',
    ...rows,
    '',
    tables
      .map(
        ({ table, rows, parts, size }) => `${table} ${Number(rows).toLocaleString('en')} rows, ${parts} parts, ${size}`,
      )
      .join('; '),
    '',
  ].join('\n')
}

/** Merges go on after an insert; the questions are asked when the store has come to rest, as it does within a minute. */
async function untilMerged(client: ClickHouseClient): Promise<void> {
  for (let quietFor = 0; quietFor < 5; await pause(1_000)) {
    const answer = await client.query({ query: 'SELECT count() AS n FROM system.merges', format: 'JSONEachRow' })
    quietFor = Number((await answer.json<{ n: string }>())[0]!.n) === 0 ? quietFor + 1 : 0
  }
}

async function rowsOf<Row>(query: string): Promise<Row[]> {
  return (await clickhouse.query({ query, format: 'JSONEachRow' })).json<Row>()
}
