import { join } from 'node:path'
import type { Backend, BackendOptions } from './backends/backend.ts'
import { startClickhouse } from './backends/clickhouse.ts'
import { startNats } from './backends/nats.ts'
import { startPostgres } from './backends/postgres.ts'
import { startRedis } from './backends/redis.ts'
import type { Ports } from './choose-ports.ts'
import type { Keys } from './keys.ts'
import { rotateLog } from './log-file.ts'
import { type Running, type Supervised, supervise } from './supervise.ts'

export const BACKENDS = ['postgres', 'nats', 'redis', 'clickhouse'] as const
export type BackendName = (typeof BACKENDS)[number]
export type BackendUrls = Record<BackendName, string>

const variables: Record<BackendName, string> = {
  postgres: 'DATABASE_URL',
  nats: 'NATS_URL',
  redis: 'REDIS_URL',
  clickhouse: 'CLICKHOUSE_URL',
}

/** The backends that the environment gives no URL for: these are ours to start. */
export const ownBackends = (env: NodeJS.ProcessEnv): BackendName[] => BACKENDS.filter((name) => !env[variables[name]])

export type StartBackendsOptions = {
  dataDir: string
  ports: Ports
  keys: Keys
  env: NodeJS.ProcessEnv
  say: (sentence: string) => void
  started: (what: Supervised) => void
}

/** Starts them side by side and keeps each alive on its port. `started` hears of each as soon as it must be stopped. */
export async function startBackends(options: StartBackendsOptions): Promise<BackendUrls> {
  const urls = Object.fromEntries(BACKENDS.map((name) => [name, options.env[variables[name]] ?? '']))
  const own = ownBackends(options.env).map(async (name) => {
    urls[name] = await startOne(name, options)
  })
  const failed = (await Promise.allSettled(own)).find((result) => result.status === 'rejected')
  if (failed) throw failed.reason
  return { postgres: '', nats: '', redis: '', clickhouse: '', ...urls }
}

async function startOne(
  name: BackendName,
  { dataDir, ports, keys, say, started }: StartBackendsOptions,
): Promise<string> {
  const logFile = join(dataDir, 'logs', `${name}.log`)
  const options = { dir: join(dataDir, name), port: ports[name], logFile }
  let url = ''
  const start = async (): Promise<Running> => {
    const backend = await startOf(name, options, keys)
    url = backend.url
    return backend
  }
  rotateLog(logFile)
  started(await supervise({ name, logFile, start, say }))
  return url
}

function startOf(name: BackendName, options: BackendOptions, keys: Keys): Promise<Backend> {
  switch (name) {
    case 'postgres':
      return startPostgres({ ...options, password: keys.postgresPassword })
    case 'nats':
      return startNats(options)
    case 'redis':
      return startRedis(options)
    case 'clickhouse':
      return startClickhouse(options)
  }
}
