import { resolve } from 'node:path'
import { migrate } from '../migrations/migrate.ts'
import type { Arguments } from './arguments.ts'
import { choosePorts, type Ports } from './choose-ports.ts'
import { ensureDemo, startTraffic } from './demo/start-demo.ts'
import { checkDisk } from './disk.ts'
import { type Endpoints, removeEndpoints, writeEndpoints } from './endpoints.ts'
import { type Keys, loadKeys } from './keys.ts'
import { lockDataDir } from './lock.ts'
import { createProgress } from './progress.ts'
import { type BackendUrls, ownBackends, startBackends } from './start-backends.ts'
import { localUrl, STAGES, type StartStagesOptions, startSimulator, startStages } from './start-stages.ts'
import type { Supervised } from './supervise.ts'

export type Launch = { endpoints: Endpoints; dataDir: string; stop(): Promise<void> }

/**
 * Starts everything that the environment does not already have, in the order of need. On a fault everything started
 * is stopped again before it is thrown.
 */
export async function launch(options: Arguments, env: NodeJS.ProcessEnv, say: (line: string) => void): Promise<Launch> {
  const dataDir = resolve(options.dataDir)
  await checkDisk(dataDir)
  const unlock = await lockDataDir(dataDir)
  const running: Supervised[] = []
  const stop = async () => {
    removeEndpoints(dataDir)
    await stopAll(running)
    unlock()
  }
  try {
    return { endpoints: await startAll(options, dataDir, env, say, (what) => running.push(what)), dataDir, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

async function startAll(
  options: Arguments,
  dataDir: string,
  env: NodeJS.ProcessEnv,
  say: (line: string) => void,
  started: (what: Supervised) => void,
): Promise<Endpoints> {
  const keys = loadKeys(dataDir)
  const simulated = !env.GHL_API_URL
  const ports = await choosePorts(
    options.ports,
    [...STAGES, ...ownBackends(env), ...(simulated ? (['ghl'] as const) : [])],
    env,
  )
  const progress = createProgress(3 + (simulated ? 1 : 0))
  const common = { dataDir, ports, keys, env, say, started }
  const urls = await progress.during('backends', startBackends(common))
  await progress.during('migrations', migrate({ databaseUrl: urls.postgres, clickhouseUrl: urls.clickhouse }))
  const ghlUrl = env.GHL_API_URL ?? localUrl(ports.ghl)
  const stages: StartStagesOptions = { ...common, urls, ghlUrl }
  const traffic = { on: false }
  const resume = async () => (traffic.on ? startTraffic(ghlUrl, options.ratePerS) : undefined)
  const processes = [startStages(stages), ...(simulated ? [startSimulator(stages, resume)] : [])]
  // Both are awaited before either's fault is thrown, so that everything started is known to the one who stops it.
  await progress.during('processes', settled(processes))
  const endpoints = endpointsOf(ports, urls, ghlUrl, env, keys)
  if (options.demo && simulated) {
    const seed = {
      directoryUrl: endpoints.directory,
      adminKey: endpoints.adminKey,
      ghlUrl,
      refreshToken: keys.ghlRefreshToken,
    }
    const widgetKey = await progress.during('demo organisation', ensureDemo(dataDir, seed))
    if (widgetKey) {
      endpoints.widgetDemo += `?token=${encodeURIComponent(widgetKey)}`
      traffic.on = true
      await startTraffic(ghlUrl, options.ratePerS)
    }
  }
  progress.end()
  writeEndpoints(dataDir, endpoints)
  return endpoints
}

async function settled(work: Promise<void>[]): Promise<void> {
  const failed = (await Promise.allSettled(work)).find((result) => result.status === 'rejected')
  if (failed) throw failed.reason
}

function endpointsOf(ports: Ports, urls: BackendUrls, ghl: string, env: NodeJS.ProcessEnv, keys: Keys): Endpoints {
  return {
    ingest: localUrl(ports.ingest),
    directory: localUrl(ports.directory),
    analytics: localUrl(ports.analytics),
    clickhouse: urls.clickhouse,
    postgres: urls.postgres,
    redis: urls.redis,
    nats: urls.nats,
    ghl,
    adminKey: env.HEXROUTE_ADMIN_KEY ?? keys.adminKey,
    widgetDemo: `${localUrl(ports.analytics)}/demo`,
    connectPage: `${env.PUBLIC_URL?.replace(/\/+$/, '') ?? localUrl(ports.directory)}/connect`,
  }
}

/** What sends stops first, then the gateway, then what works on leads, and the backends at the end. */
async function stopAll(running: Supervised[]): Promise<void> {
  const early = [['ghl'], ['ingest'], ['router', 'delivery', 'analytics', 'directory']]
  const backends = running.map(({ name }) => name).filter((name) => !early.flat().includes(name))
  for (const names of [...early, backends]) {
    await Promise.all(running.filter(({ name }) => names.includes(name)).map((what) => what.stop()))
  }
}
