import { mkdirSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { startChild } from '../child.ts'
import { endOrphan } from '../pid-file.ts'
import { freePort } from '../ports.ts'
import { type Backend, type BackendOptions, untilReady } from './backend.ts'
import { programVersion } from './program-version.ts'

/** Counters of a few thousand locations need a few MB; at the limit writes fail loudly instead of forgetting a counter. */
const MEMORY_BYTES_MAX = 512 * 1024 ** 2

/** redis-server without persistence: counters are rebuilt from Postgres, and a stale snapshot is worse than none. */
export async function startRedis(options: BackendOptions): Promise<Backend> {
  const version = programVersion('redis-server', ['--version'], '6.2.0')
  const port = options.port || (await freePort())
  const logFile = options.logFile ?? join(options.dir, 'redis.log')
  const pidFile = join(options.dir, 'redis.pid')
  mkdirSync(options.dir, { recursive: true, mode: 0o700 })
  await endOrphan(pidFile)
  const child = startChild({
    name: 'redis',
    command: 'redis-server',
    args: redisArgs(options.dir, port),
    logFile,
    pidFile,
  })
  await untilReady(child, logFile, () => answersPing(port))
  options.log?.(`redis-server ${version} on port ${port}`)
  return {
    name: 'redis',
    url: `redis://127.0.0.1:${port}`,
    port,
    pid: child.pid,
    exited: child.exited,
    stop: child.stop,
  }
}

function redisArgs(dir: string, port: number): string[] {
  const settings = {
    port: String(port),
    bind: '127.0.0.1',
    save: '',
    appendonly: 'no',
    dir,
    'maxmemory-policy': 'noeviction',
    maxmemory: String(MEMORY_BYTES_MAX),
    daemonize: 'no',
  }
  return Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value])
}

function answersPing(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'))
    const answer = (ready: boolean) => {
      socket.destroy()
      resolve(ready)
    }
    socket.setTimeout(1_000, () => answer(false))
    socket.once('error', () => answer(false))
    socket.once('data', (bytes) => answer(bytes.toString('utf8').startsWith('+PONG')))
  })
}
