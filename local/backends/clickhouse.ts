import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { startChild } from '../child.ts'
import { endOrphan } from '../pid-file.ts'
import { freePort } from '../ports.ts'
import { programArguments } from '../program-arguments.ts'
import { PROJECT_ROOT } from '../project-root.ts'
import { type Backend, type BackendOptions, untilReady } from './backend.ts'

/** Each running statement holds one thread of libuv's pool, whose default of 4 would queue dashboards behind inserts. */
const THREADS = '16'

/** Where its data lies, below the directory that it is given. */
export const CLICKHOUSE_STORE = 'store'

/** ClickHouse in a process of its own: chDB behind ClickHouse's HTTP interface. */
export async function startClickhouse(options: BackendOptions): Promise<Backend> {
  const port = options.port || (await freePort())
  const logFile = options.logFile ?? join(options.dir, 'clickhouse.log')
  const pidFile = join(options.dir, 'clickhouse.pid')
  mkdirSync(options.dir, { recursive: true, mode: 0o700 })
  await endOrphan(pidFile)
  const env = {
    ...process.env,
    CLICKHOUSE_DATA_DIR: join(options.dir, CLICKHOUSE_STORE),
    CLICKHOUSE_PORT: String(port),
    UV_THREADPOOL_SIZE: THREADS,
    TZ: 'UTC',
  }
  const child = startChild({
    name: 'clickhouse',
    command: process.execPath,
    args: programArguments('local/clickhouse/main.ts'),
    cwd: PROJECT_ROOT,
    logFile,
    pidFile,
    env,
  })
  const url = `http://127.0.0.1:${port}`
  await untilReady(child, logFile, () => answersPing(url))
  options.log?.(`ClickHouse (chDB) on port ${port}`)
  return { name: 'clickhouse', url, port, pid: child.pid, exited: child.exited, stop: child.stop }
}

async function answersPing(url: string): Promise<boolean> {
  try {
    const answer = await fetch(`${url}/ping`, { signal: AbortSignal.timeout(1_000) })
    return answer.ok && (await answer.text()) === 'Ok.\n'
  } catch {
    return false
  }
}
