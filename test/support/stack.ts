import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createWriteStream, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { seedDemo } from '../../local/demo/seed.ts'
import { freePort } from '../../local/ports.ts'
import { programArguments } from '../../local/program-arguments.ts'
import {
  createTestDatabase,
  startMigratedClickhouse,
  startTestNats,
  startTestRedis,
  type TestBackend,
  type TestDatabase,
} from './backends.ts'
import { type Simulator, startSimulator } from './ghl-simulator.ts'

export const stages = ['directory', 'ingest', 'router', 'delivery', 'analytics'] as const
export type Stage = (typeof stages)[number]

export type Stack = {
  databaseUrl: string
  nats: TestBackend
  redis: TestBackend
  clickhouse: TestBackend
  simulator: Simulator
  urls: Record<Stage, string>
  adminKey: string
  widgetKey: string
  logDir: string
  /** SIGKILL, then a new process on the same port; resolves when it is ready. */
  crash: (stage: Stage) => Promise<void>
  stop: () => Promise<void>
}

const projectRoot = fileURLToPath(new URL('../..', import.meta.url))
const READY_WITHIN_MS = 60_000

/** The whole product on free ports: real backends, every stage its own process, the simulator, the demo agency. */
export async function startStack(
  simulatorEnv: Record<string, string> = {},
  stageEnv: Record<string, string> = {},
): Promise<Stack> {
  return startStackOn(await createTestDatabase(), simulatorEnv, stageEnv)
}

/** The same on a database of one's own. */
export async function startStackOn(
  database: TestDatabase,
  simulatorEnv: Record<string, string> = {},
  stageEnv: Record<string, string> = {},
): Promise<Stack> {
  const [nats, redis, clickhouse] = await Promise.all([startTestNats(), startTestRedis(), startMigratedClickhouse()])
  const logDir = mkdtempSync(join(tmpdir(), 'hexroute-stack-'))
  const ports = Object.fromEntries(
    await Promise.all(stages.map(async (stage) => [stage, await freePort()] as const)),
  ) as Record<Stage, number>
  const urls = Object.fromEntries(stages.map((stage) => [stage, `http://127.0.0.1:${ports[stage]}`])) as Record<
    Stage,
    string
  >
  const simulator = await startSimulator({
    port: await freePort(),
    webhookUrl: `${urls.ingest}/webhooks/ghl`,
    env: simulatorEnv,
  })
  const keyFile = join(logDir, 'ghl-public.pem')
  writeFileSync(keyFile, simulator.publicKeyPem)
  const adminKey = `test-admin-${randomBytes(16).toString('hex')}`
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    DATABASE_URL: database.url,
    NATS_URL: nats.url,
    REDIS_URL: redis.url,
    CLICKHOUSE_URL: clickhouse.url,
    GHL_API_URL: simulator.url,
    INGEST_URL: urls.ingest,
    GHL_APP_ID: simulator.appId,
    GHL_CLIENT_ID: `${simulator.appId}-test`,
    GHL_CLIENT_SECRET: 'test-client-secret',
    GHL_WEBHOOK_PUBLIC_KEYS: `@${keyFile}`,
    HEXROUTE_SECRET_KEY: randomBytes(32).toString('base64'),
    HEXROUTE_ADMIN_KEY: adminKey,
    ...stageEnv,
    ...Object.fromEntries(stages.map((stage) => [`${stage.toUpperCase()}_PORT`, String(ports[stage])])),
  }
  const children = new Map<Stage, ChildProcess>()
  const launch = async (stage: Stage): Promise<void> => {
    children.set(stage, startStage(stage, env, join(logDir, `${stage}.log`)))
    await untilReady(urls[stage], stage, logDir)
  }
  const killAll = (): void => {
    for (const child of children.values()) child.kill('SIGKILL')
  }
  process.once('exit', killAll)
  await Promise.all(stages.map(launch))
  const { widgetKey } = await seedDemo({
    directoryUrl: urls.directory,
    adminKey,
    ghlUrl: simulator.url,
    refreshToken: 'first-refresh-token',
  })
  return {
    ...{ databaseUrl: database.url, nats, redis, clickhouse, simulator, urls, adminKey, widgetKey, logDir },
    crash: async (stage) => {
      await kill(children.get(stage)!, 'SIGKILL')
      await launch(stage)
    },
    stop: async () => {
      process.off('exit', killAll)
      await simulator.kill('SIGTERM')
      await Promise.all([...children.values()].map((child) => kill(child, 'SIGTERM')))
      await Promise.all([nats.stop(), redis.stop(), clickhouse.stop(), database.drop()])
    },
  }
}

function startStage(stage: Stage, env: NodeJS.ProcessEnv, logFile: string): ChildProcess {
  const child = spawn(process.execPath, programArguments(`${stage}/main.ts`), {
    cwd: projectRoot,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const log = createWriteStream(logFile, { flags: 'a' })
  child.stdout!.pipe(log, { end: false })
  child.stderr!.pipe(log, { end: false })
  return child
}

async function kill(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill(signal)
  await exited
}

async function untilReady(url: string, stage: Stage, logDir: string): Promise<void> {
  const deadline = Date.now() + READY_WITHIN_MS
  while (Date.now() < deadline) {
    const isReady = await fetch(`${url}/readyz`).then(
      (answer) => answer.ok,
      () => false,
    )
    if (isReady) return
    await delay(50)
  }
  throw new Error(`${stage} was not ready within ${READY_WITHIN_MS} ms, see ${logDir}/${stage}.log`)
}
