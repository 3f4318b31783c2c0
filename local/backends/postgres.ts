import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import pg from 'pg'
import { type Child, startChild } from '../child.ts'
import { lastLines } from '../log-file.ts'
import { endOrphan } from '../pid-file.ts'
import { freePort } from '../ports.ts'
import { Problem } from '../problem.ts'
import { processIdentity } from '../process-identity.ts'
import { type Backend, type BackendOptions, untilReady } from './backend.ts'
import { type PostgresBinaries, postgresBinaries } from './postgres-binaries.ts'
import { ensureCluster, POSTGRES_ROLE } from './postgres-cluster.ts'
import { type PostgresUser, postgresUser } from './postgres-user.ts'

export type PostgresOptions = BackendOptions & {
  password: string
  /** The database to make when missing. */
  database?: string
  /** Only for tests that throw the data away: no fsync, several times faster. */
  disposable?: boolean
}

const MEMORY_GONE_TRIES = 5

/** PostgreSQL from npm, on loopback over TCP only. Recovers by itself after a kill of the launcher or the machine. */
export async function startPostgres(options: PostgresOptions): Promise<Backend> {
  const dir = resolve(options.dir)
  const clusterDir = join(dir, 'cluster')
  const binaries = await postgresBinaries()
  mkdirSync(dir, { recursive: true, mode: 0o755 })
  const user = postgresUser([clusterDir, binaries.postgres])
  await endOrphan(join(dir, 'postgres.pid'), 'SIGINT')
  await ensureCluster(clusterDir, binaries.initdb, user, options.password)
  clearStaleLock(clusterDir)
  const port = options.port || (await freePort())
  const child = await startServer({ ...options, dir, port }, clusterDir, binaries, user)
  const database = options.database ?? 'hexroute'
  const url = `postgres://${POSTGRES_ROLE}:${encodeURIComponent(options.password)}@127.0.0.1:${port}`
  await ensureDatabase(`${url}/postgres`, database)
  options.log?.(`PostgreSQL 18 on port ${port}`)
  return { name: 'postgres', url: `${url}/${database}`, port, pid: child.pid, exited: child.exited, stop: child.stop }
}

type ServerOptions = PostgresOptions & { port: number }

/**
 * Back-ends of a server that was killed hold its shared memory for a moment longer than its pid lives, and the
 * new server then refuses to start: tried again a few times.
 */
async function startServer(
  options: ServerOptions,
  clusterDir: string,
  binaries: PostgresBinaries,
  user: PostgresUser,
): Promise<Child> {
  const logFile = options.logFile ?? join(options.dir, 'postgres.log')
  const command = user.wrap(binaries.postgres, serverArgs(clusterDir, options))
  const child = () =>
    startChild({
      name: 'postgres',
      ...command,
      logFile,
      pidFile: join(options.dir, 'postgres.pid'),
      cwd: '/',
      stopSignal: 'SIGINT',
      stopWithinMs: 20_000,
    })
  for (let attempt = 1; ; attempt++) {
    const started = child()
    try {
      await untilReady(started, logFile, async () => statusOf(clusterDir, started.pid) === 'ready')
      return started
    } catch (error) {
      const memoryHeld = lastLines(logFile, 4).some((line) => line.includes('pre-existing shared memory block'))
      if (!memoryHeld || attempt === MEMORY_GONE_TRIES) throw error
    }
  }
}

function serverArgs(clusterDir: string, options: ServerOptions): string[] {
  const settings: Record<string, string> = {
    port: String(options.port),
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '200',
    shared_buffers: '256MB',
    max_wal_size: '2GB',
    synchronous_commit: options.disposable ? 'off' : 'on',
    fsync: options.disposable ? 'off' : 'on',
    full_page_writes: options.disposable ? 'off' : 'on',
    timezone: 'UTC',
    log_timezone: 'UTC',
    lc_messages: 'C',
  }
  return ['-D', clusterDir, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])]
}

/** PostgreSQL writes its state into the eighth line of its own pid file. */
function statusOf(clusterDir: string, pid: number): string | undefined {
  const lines = serverPidFile(clusterDir)
  return Number(lines[0]) === pid ? lines[7]?.trim() : undefined
}

/** A pid file whose number now belongs to another program would keep the server from starting. */
function clearStaleLock(clusterDir: string): void {
  const pid = Number(serverPidFile(clusterDir)[0])
  if (!pid) return
  const command = processIdentity(pid)?.command ?? ''
  if (command.includes(clusterDir)) {
    throw new Problem(
      `PostgreSQL (pid ${pid}) already runs on ${clusterDir}: stop it, or choose another directory with --data`,
    )
  }
  rmSync(join(clusterDir, 'postmaster.pid'), { force: true })
}

function serverPidFile(clusterDir: string): string[] {
  const file = join(clusterDir, 'postmaster.pid')
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n') : []
}

async function ensureDatabase(url: string, database: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [database])
    if (found.rowCount === 0) await client.query(`CREATE DATABASE ${client.escapeIdentifier(database)}`)
  } finally {
    await client.end()
  }
}
