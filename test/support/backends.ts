import { randomUUID } from 'node:crypto'
import { mkdtempSync } from 'node:fs'
import { cp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { inject } from 'vitest'
import type { Backend, BackendOptions } from '../../local/backends/backend.ts'
import { CLICKHOUSE_STORE, startClickhouse } from '../../local/backends/clickhouse.ts'
import { startNats } from '../../local/backends/nats.ts'
import { startRedis } from '../../local/backends/redis.ts'

export type TestDatabase = { url: string; drop(): Promise<void> }
export type TestBackend = {
  url: string
  port: number
  pid: number
  dir: string
  /** SIGKILL, as a crash: what was on disk stays for `restart`. */
  kill(): Promise<void>
  /** The same data on the same port, after `kill` or `stop`. */
  restart(): Promise<void>
  /** Ends it and removes its directory. */
  stop(): Promise<void>
}

const LAST_CONNECTION_MS = 2_000

type Start = (options: BackendOptions) => Promise<Backend>

/** A database of its own, migrated, on the PostgreSQL of this test run. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const template = new URL(inject('templateUrl'))
  const url = new URL(template)
  url.pathname = `/test_${randomUUID().replaceAll('-', '')}`
  const [name, from] = [url.pathname.slice(1), template.pathname.slice(1)]
  // Through the log, which is the default, it takes three times the processor: 10 MB, page by page.
  await onServer(template, `CREATE DATABASE ${name} TEMPLATE ${from} STRATEGY file_copy`)
  return { url: url.href, drop: () => dropDatabase(template, name) }
}

export const startTestNats = (): Promise<TestBackend> => startTestBackend('nats', startNats)
export const startTestRedis = (): Promise<TestBackend> => startTestBackend('redis', startRedis)
/** Empty. */
export const startTestClickhouse = (): Promise<TestBackend> =>
  startTestBackend('clickhouse', startClickhouse, { parent: inject('storeDir') })
/** With the tables and views of all steps. */
export const startMigratedClickhouse = (): Promise<TestBackend> =>
  startTestBackend('clickhouse', startClickhouse, {
    parent: inject('storeDir'),
    fill: async (dir) => {
      // Links inside of it are relative.
      const target = join(dir, CLICKHOUSE_STORE)
      await cp(inject('templateStore'), target, { recursive: true, verbatimSymlinks: true })
    },
  })

/** A pool says that it has ended before its sockets have: cut off now, a last one would be a fault that nobody awaits. */
async function dropDatabase(template: URL, name: string): Promise<void> {
  const left = `SELECT 1 FROM pg_stat_activity WHERE datname = '${name}'`
  for (let waitedMs = 0; waitedMs < LAST_CONNECTION_MS; waitedMs += 20) {
    if ((await onServer(template, left)).rowCount === 0) break
    await pause(20)
  }
  // A process that was killed, or never stopped, may hold one still.
  await onServer(template, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)
}

async function onServer(template: URL, sql: string): Promise<pg.QueryResult> {
  const server = new URL(template)
  server.pathname = '/postgres'
  const client = new pg.Client({ connectionString: server.href })
  await client.connect()
  return client.query(sql).finally(() => client.end())
}

/** In a directory of its own under `parent`, the system's temporary one if none is named, on a free port. */
async function startTestBackend(
  name: string,
  start: Start,
  { parent = tmpdir(), fill }: { parent?: string; fill?: (dir: string) => Promise<void> } = {},
): Promise<TestBackend> {
  const dir = mkdtempSync(join(parent, `hexroute-${name}-`))
  await fill?.(dir)
  let backend = await start({ dir, port: 0 })
  const killLeftover = () => signal(backend.pid)
  process.once('exit', killLeftover)
  return {
    url: backend.url,
    port: backend.port,
    dir,
    get pid() {
      return backend.pid
    },
    async kill() {
      signal(backend.pid)
      await backend.exited
    },
    async restart() {
      backend = await start({ dir, port: backend.port })
    },
    async stop() {
      process.off('exit', killLeftover)
      await backend.stop()
      await rm(dir, { recursive: true, force: true })
    },
  }
}

function signal(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // Gone already.
  }
}
