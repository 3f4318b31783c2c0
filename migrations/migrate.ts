import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { createClient } from '@clickhouse/client'
import pg from 'pg'
import { forCluster, statements } from './for-cluster.ts'

export type MigrateOptions = {
  databaseUrl: string
  clickhouseUrl?: string
  /** Name of the ClickHouse cluster; undefined: one node. */
  clickhouseCluster?: string | undefined
  log?: (line: string) => void
}

type Step = { name: string; up: string; sha256: string }

/**
 * Brings Postgres and, when its URL is given, ClickHouse to the newest schema. Safe to run from many processes at once: one
 * holds the advisory lock, the others wait and find nothing to do.
 * @throws when an applied step was edited afterwards: write a new step instead.
 */
export async function migrate(options: MigrateOptions): Promise<void> {
  const { databaseUrl, clickhouseUrl, clickhouseCluster, log = () => {} } = options
  const client = new pg.Client({ connectionString: databaseUrl, application_name: 'hexroute-migrate' })
  await client.connect()
  try {
    await client.query(`SELECT pg_advisory_lock(hashtext('hexroute.migrations'))`)
    await migratePostgres(client, log)
    if (clickhouseUrl) await migrateClickhouse(clickhouseUrl, clickhouseCluster, log)
  } finally {
    await client.end()
  }
}

async function migratePostgres(client: pg.Client, log: (line: string) => void): Promise<void> {
  await client.query(`CREATE SCHEMA IF NOT EXISTS hexroute`)
  await client.query(
    `CREATE TABLE IF NOT EXISTS hexroute.migrations (
       name text PRIMARY KEY, sha256 text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())`,
  )
  const { rows } = await client.query<{ name: string; sha256: string }>('SELECT name, sha256 FROM hexroute.migrations')
  for (const step of pending(await readSteps('postgres'), rows)) {
    await client.query('BEGIN')
    try {
      await client.query(step.up)
      await client.query('INSERT INTO hexroute.migrations (name, sha256) VALUES ($1, $2)', [step.name, step.sha256])
      await client.query('COMMIT')
    } catch (error) {
      await client.query('ROLLBACK')
      throw new Error(`postgres migration ${step.name} failed: ${(error as Error).message}`, { cause: error })
    }
    log(`postgres ${step.name}`)
  }
  await client.query("SELECT hexroute.ensure_partitions((now() - interval '1 month')::date, 4)")
}

/** ClickHouse has no transactions over DDL: each step is one file of idempotent statements (`IF NOT EXISTS`). */
async function migrateClickhouse(url: string, cluster: string | undefined, log: (line: string) => void): Promise<void> {
  const client = createClient({ url, application: 'hexroute-migrate' })
  try {
    await client.command({
      query: forCluster('CREATE DATABASE IF NOT EXISTS hexroute{{on_cluster}} ENGINE = Atomic', cluster),
    })
    await client.command({
      query: forCluster(
        `CREATE TABLE IF NOT EXISTS hexroute.migrations{{on_cluster}} (name String, sha256 String, applied_at DateTime64(3))
         ENGINE = {{replicated}}MergeTree ORDER BY name`,
        cluster,
      ),
    })
    const result = await client.query({ query: 'SELECT name, sha256 FROM hexroute.migrations', format: 'JSONEachRow' })
    for (const step of pending(await readSteps('clickhouse'), await result.json<{ name: string; sha256: string }>())) {
      for (const query of statements(forCluster(step.up, cluster))) await client.command({ query })
      const appliedAt = new Date().toISOString().replace('T', ' ').replace('Z', '')
      await client.insert({
        table: 'hexroute.migrations',
        values: [{ name: step.name, sha256: step.sha256, applied_at: appliedAt }],
        format: 'JSONEachRow',
      })
      log(`clickhouse ${step.name}`)
    }
  } finally {
    await client.close()
  }
}

async function readSteps(store: 'postgres' | 'clickhouse'): Promise<Step[]> {
  const folder = new URL(`./${store}/`, import.meta.url)
  const files = (await readdir(folder)).filter((file) => file.endsWith('.up.sql')).sort()
  return Promise.all(
    files.map(async (file) => {
      const up = await readFile(new URL(file, folder), 'utf8')
      // Of the text for one node: the same step on a cluster, and steps from before there was a template.
      const sha256 = createHash('sha256').update(forCluster(up, undefined)).digest('hex')
      return { name: file.replace('.up.sql', ''), up, sha256 }
    }),
  )
}

function pending(steps: Step[], applied: { name: string; sha256: string }[]): Step[] {
  const done = new Map(applied.map((row) => [row.name, row.sha256]))
  for (const step of steps) {
    const sha256 = done.get(step.name)
    if (sha256 && sha256 !== step.sha256) {
      throw new Error(`migration ${step.name} was edited after it was applied: restore it and add a new step`)
    }
  }
  return steps.filter((step) => !done.has(step.name))
}
