import { join } from 'node:path'
import type { Ports } from './choose-ports.ts'
import type { Keys } from './keys.ts'
import { rotateLog } from './log-file.ts'
import { routerArguments } from './router-arguments.ts'
import type { BackendUrls } from './start-backends.ts'
import { startProcess } from './start-process.ts'
import { type Supervised, supervise } from './supervise.ts'

/** In the order in which they are stopped, last first: the gateway takes nothing more before the others end. */
export const STAGES = ['directory', 'analytics', 'delivery', 'router', 'ingest'] as const

export type StartStagesOptions = {
  dataDir: string
  ports: Ports
  keys: Keys
  urls: BackendUrls
  ghlUrl: string
  env: NodeJS.ProcessEnv
  say: (sentence: string) => void
  started: (what: Supervised) => void
}

export const localUrl = (port: number): string => `http://127.0.0.1:${port}`

/** The same processes, with the same variables, as in production. */
export async function startStages(options: StartStagesOptions): Promise<void> {
  const env = stageEnv(options)
  const all = STAGES.map((name) => startChildProcess(options, name, `${name}/main.ts`, env, options.ports[name]))
  const failed = (await Promise.allSettled(all)).find((result) => result.status === 'rejected')
  if (failed) throw failed.reason
}

/** The stand-in for GoHighLevel. It remembers what it answered, so it is kept like a backend. */
export async function startSimulator(options: StartStagesOptions, onRestart: () => Promise<void>): Promise<void> {
  const { keys, ports, dataDir } = options
  const env = {
    ...options.env,
    GHL_SIM_PORT: String(ports.ghl),
    GHL_SIM_DATA_DIR: join(dataDir, 'ghl'),
    GHL_SIM_PRIVATE_KEY_FILE: keys.ghlPrivateKeyFile,
    GHL_SIM_REFRESH_TOKEN: keys.ghlRefreshToken,
    GHL_APP_ID: keys.ghlAppId,
    GHL_CLIENT_ID: keys.ghlClientId,
    GHL_CLIENT_SECRET: keys.ghlClientSecret,
    WEBHOOK_URL: `${localUrl(ports.ingest)}/webhooks/ghl`,
  }
  await startChildProcess(options, 'ghl', 'local/ghl/main.ts', env, ports.ghl, onRestart)
}

async function startChildProcess(
  { dataDir, say, started }: StartStagesOptions,
  name: string,
  entry: string,
  env: NodeJS.ProcessEnv,
  port: number,
  onRestart?: () => Promise<void>,
): Promise<void> {
  const logFile = join(dataDir, 'logs', `${name}.log`)
  const pidFile = join(dataDir, 'run', `${name}.pid`)
  rotateLog(logFile)
  const nodeArguments = name === 'router' ? routerArguments : []
  const start = () => startProcess({ name, entry, nodeArguments, env, url: localUrl(port), logFile, pidFile })
  started(await supervise({ name, logFile, start, say, onRestart: onRestart ?? (async () => undefined) }))
}

function stageEnv({ env, urls, keys, ports, ghlUrl }: StartStagesOptions): NodeJS.ProcessEnv {
  return {
    GHL_WEBHOOK_PUBLIC_KEYS: `@${keys.ghlPublicKeyFile}`,
    GHL_APP_ID: keys.ghlAppId,
    GHL_CLIENT_ID: keys.ghlClientId,
    GHL_CLIENT_SECRET: keys.ghlClientSecret,
    HEXROUTE_SECRET_KEY: keys.secretKey,
    HEXROUTE_ADMIN_KEY: keys.adminKey,
    LISTEN_HOST: '127.0.0.1',
    // What the operator set wins over what was made up here.
    ...env,
    DATABASE_URL: urls.postgres,
    NATS_URL: urls.nats,
    REDIS_URL: urls.redis,
    CLICKHOUSE_URL: urls.clickhouse,
    GHL_API_URL: ghlUrl,
    GHL_OAUTH_URL: env.GHL_OAUTH_URL ?? (env.GHL_API_URL ? undefined : `${ghlUrl}/oauth/chooselocation`),
    PUBLIC_URL: env.PUBLIC_URL ?? localUrl(ports.directory),
    INGEST_URL: localUrl(ports.ingest),
    ...Object.fromEntries(STAGES.map((name) => [`${name.toUpperCase()}_PORT`, String(ports[name])])),
  }
}
