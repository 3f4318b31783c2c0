import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { type ClickHouseClient, createClient } from '@clickhouse/client'
import pg from 'pg'
import { startClickhouse } from '../local/backends/clickhouse.ts'
import { startPostgres } from '../local/backends/postgres.ts'
import { migrate } from '../migrations/migrate.ts'
import { familyTimeMs, processorTimeMs } from './ingest/processor-time.ts'
import { ask, type Cost } from './questions/ask.ts'
import { copyToPostgres } from './questions/postgres-rows.ts'
import { type Question, questions } from './questions/questions.ts'
import { EVENTS_PER_LEAD, writeLateFacts, writeRows } from './questions/rows.ts'

/**
 * `node --import tsx bench/questions.ts [EVENTS=1000000] [TRIES=40] [FILE] [DIR]`: what dashboards ask, over so many events of
 * 90 days and 100 locations, beside Postgres with the same rows. Prints Markdown, and writes it to FILE. The rows are written
 * once into DIR and asked again by the next run with it; without DIR they go at the end.
 */
const [events = 1_000_000, tries = 40] = process.argv.slice(2, 4).map(Number)
const kept = process.argv[5]
const dir = kept ?? mkdtempSync(join(tmpdir(), 'hexroute-bench-'))
const written = join(dir, `${events}-events`)
const postgres = await startPostgres({ dir: join(dir, 'postgres'), password: 'bench', disposable: true })
const backend = await startClickhouse({ dir: join(dir, 'clickhouse'), port: 0 })
const clickhouse = createClient({ url: backend.url, request_timeout: 900_000, log: { level: 127 } })
const pool = new pg.Pool({ connectionString: postgres.url, max: 1 })
try {
  await migrate({ databaseUrl: postgres.url, clickhouseUrl: backend.url })
  if (!existsSync(written)) await write()
  const text = await report()
  console.log(text)
  if (process.argv[4]) writeFileSync(process.argv[4], text)
} finally {
  await pool.end()
  await clickhouse.close()
  await backend.stop()
  await postgres.stop()
  if (kept === undefined) rmSync(dir, { recursive: true, force: true })
}

async function write(): Promise<void> {
  const start = performance.now()
  await writeRows(clickhouse, events / EVENTS_PER_LEAD, (day) => console.error(`${day} of 90 days`))
  await copyToPostgres(clickhouse, pool, join(dir, 'copies'))
  rmSync(join(dir, 'copies'), { recursive: true })
  writeFileSync(written, `${((performance.now() - start) / 1_000).toFixed(0)} s`)
}

/** The questions asked twice: of the store at rest, and while facts of the last minutes lie unmerged in parts of their own. */
async function report(): Promise<string> {
  const inPostgres = (query: string) => pool.query(query)
  const references = await answersOf(({ postgres }) => postgres, Math.ceil(tries / 4), inPostgres, postgresMs)
  // What the engine does by itself after ten minutes without rows; a run before has left parts of late facts.
  await clickhouse.command({ query: 'OPTIMIZE TABLE hexroute.lead_lifecycle FINAL' })
  await untilMerged(clickhouse)
  const inClickhouse = async (query: string) => (await clickhouse.query({ query, format: 'JSONEachRow' })).json()
  const atRest = await answersOf((question) => question.clickhouse, tries, inClickhouse, clickhouseMs)
  const restTables = await tables()
  await clickhouse.command({ query: 'SYSTEM STOP MERGES hexroute.lead_lifecycle' })
  await writeLateFacts(clickhouse, events / EVENTS_PER_LEAD)
  const atWork = await answersOf((question) => question.clickhouse, tries, inClickhouse, clickhouseMs)
  await clickhouse.command({ query: 'SYSTEM START MERGES hexroute.lead_lifecycle' })
  const rows = questions.map(({ name, limitMs }) => {
    const [rest, work, other] = [atRest.get(name)!, atWork.get(name)!, references.get(name)]
    const ratio = other ? (work.p50Ms / other.p50Ms).toFixed(2) : ''
    return `| ${name} | ${cells(rest)} | ${cells(work)} | ${limitMs} | ${other ? cells(other) : ' | | '} | ${ratio} |`
  })
  return [
    `## ${events.toLocaleString('en')} events`,
    '',
    `${cpus().length} cores (${cpus()[0]?.model.trim()}), Node ${process.version}, load average ${loadavg()[0]?.toFixed(1)}, commit ${execFileSync('git', ['rev-parse', '--short', 'HEAD']).toString().trim()}; ${tries} answers each, of Postgres ${Math.ceil(tries / 4)}; rows written in ${readFileSync(written, 'utf8')}.`,
    '',
    '| question | at rest: p50 ms | p95 | processor | facts coming: p50 | p95 | processor | aim for p95 | Postgres: p50 | p95 | processor | ratio of p50, facts coming |',
    '|---|---|---|---|---|---|---|---|---|---|---|---|',
    ...rows,
    '',
    restTables,
    '',
  ].join('\n')
}

async function answersOf(
  textOf: (question: Question) => string | undefined,
  times: number,
  run: (query: string) => Promise<unknown>,
  spentMs: () => number,
): Promise<Map<string, Cost>> {
  const answers = new Map<string, Cost>()
  for (const question of questions) {
    const query = textOf(question)
    if (query) answers.set(question.name, await ask(times, () => run(query), spentMs))
  }
  return answers
}

async function tables(): Promise<string> {
  const all = await rowsOf<{ table: string; rows: string; parts: string; size: string }>(`
    SELECT table, toString(sum(p.rows)) AS rows, toString(count()) AS parts, formatReadableSize(sum(bytes_on_disk)) AS size
      FROM system.parts AS p WHERE active AND database = 'hexroute' AND table != 'migrations' GROUP BY table ORDER BY sum(p.rows) DESC`)
  return all
    .map(
      ({ table, rows, parts, size }) => `${table} ${Number(rows).toLocaleString('en')} rows, ${parts} parts, ${size}`,
    )
    .join('; ')
}

// Functions: what waits on top runs before a constant down here has its value.
function cells({ p50Ms, p95Ms, processorMs }: Cost): string {
  return [p50Ms, p95Ms, processorMs].map((value) => value.toFixed(0)).join(' | ')
}

function clickhouseMs(): number {
  return processorTimeMs(backend.pid)
}

function postgresMs(): number {
  return familyTimeMs(postgres.pid)
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
