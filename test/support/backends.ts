import { randomUUID } from 'node:crypto'
import { mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { inject } from 'vitest'
import type { Backend, BackendOptions } from '../../local/backends/backend.ts'
import { startClickhouse } from '../../local/backends/clickhouse.ts'
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

type Start = (options: BackendOptions) => Promise<Backend>

/** A database of its own, migrated, on the PostgreSQL of this test run. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const template = new URL(inject('templateUrl'))
  const url = new URL(template)
  url.pathname = `/test_${randomUUID().replaceAll('-', '')}`
  const [name, from] = [url.pathname.slice(1), template.pathname.slice(1)]
  await onServer(template, `CREATE DATABASE ${name} TEMPLATE ${from}`)
  return { url: url.href, drop: () => onServer(template, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`) }
}

export const startTestNats = (): Promise<TestBackend> => startTestBackend('nats', startNats)
export const startTestRedis = (): Promise<TestBackend> => startTestBackend('redis', startRedis)
export const startTestClickhouse = (): Promise<TestBackend> => startTestBackend('clickhouse', startClickhouse)

async function onServer(template: URL, sql: string): Promise<void> {
  const server = new URL(template)
  server.pathname = '/postgres'
  const client = new pg.Client({ connectionString: server.href })
  await client.connect()
  await client.query(sql).finally(() => client.end())
}

/** In a directory of its own under the system's temporary one, on a free port. */
async function startTestBackend(name: string, start: Start): Promise<TestBackend> {
  const dir = mkdtempSync(join(tmpdir(), `hexroute-${name}-`))
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
