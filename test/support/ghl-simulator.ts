import { type ChildProcess, spawn } from 'node:child_process'
import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { programArguments } from '../../local/program-arguments.ts'

export type Simulator = {
  url: string
  appId: string
  publicKey: KeyObject
  publicKeyPem: string
  call: (method: string, path: string, body?: unknown, headers?: Record<string, string>) => Promise<Answer>
  pid: () => number
  kill: (signal: NodeJS.Signals) => Promise<void>
  /** The same data, key and port again. */
  restart: () => Promise<void>
}
export type Answer = { status: number; headers: Headers; body: Record<string, unknown> }

export type SimulatorOptions = { port: number; webhookUrl: string; env?: Record<string, string> }

const projectRoot = fileURLToPath(new URL('../..', import.meta.url))
const START_WITHIN_MS = 60_000

/** Runs `local/ghl/main.ts` as its own process with a fresh key and an empty data folder. */
export async function startSimulator({ port, webhookUrl, env = {} }: SimulatorOptions): Promise<Simulator> {
  const dir = mkdtempSync(join(tmpdir(), 'hexroute-ghl-'))
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const keyFile = join(dir, 'private.pem')
  writeFileSync(keyFile, privateKey.export({ type: 'pkcs8', format: 'pem' }))
  const url = `http://127.0.0.1:${port}`
  const environment = {
    ...process.env,
    GHL_SIM_PORT: String(port),
    GHL_SIM_PRIVATE_KEY_FILE: keyFile,
    GHL_SIM_DATA_DIR: join(dir, 'journal'),
    GHL_APP_ID: appId,
    GHL_CLIENT_ID: `${appId}-test`,
    GHL_CLIENT_SECRET: 'test-client-secret',
    GHL_SIM_REFRESH_TOKEN: 'first-refresh-token',
    WEBHOOK_URL: webhookUrl,
    GHL_SIM_SEED: 'test',
    LOG_LEVEL: 'warn',
    ...env,
  }
  let child = await launch(environment, url)
  return {
    url,
    appId,
    publicKey,
    publicKeyPem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    call: (method, path, body, headers) => call(url + path, method, body, headers),
    pid: () => child.pid ?? 0,
    kill: async (signal) => {
      if (child.exitCode !== null || child.signalCode !== null) return
      const exited = once(child, 'exit')
      child.kill(signal)
      await exited
    },
    restart: async () => {
      child = await launch(environment, url)
    },
  }
}

const appId = '6a11f0c2b7d94e3fa0c51d27'

async function launch(env: NodeJS.ProcessEnv, url: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, programArguments('local/ghl/main.ts'), {
    cwd: projectRoot,
    env,
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  const deadline = Date.now() + START_WITHIN_MS
  while (Date.now() < deadline) {
    if (child.exitCode !== null) throw new Error(`the simulator ended with code ${child.exitCode}`)
    const ready = await fetch(`${url}/readyz`).then(
      (answer) => answer.ok,
      () => false,
    )
    if (ready) return child
    await delay(50)
  }
  child.kill('SIGKILL')
  throw new Error(`the simulator was not ready within ${START_WITHIN_MS} ms`)
}

async function call(
  url: string,
  method: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const form = body instanceof URLSearchParams
  const answer = await fetch(url, {
    method,
    headers: { ...(body && !form ? { 'content-type': 'application/json' } : {}), version: '2021-07-28', ...headers },
    ...(body ? { body: form ? body : JSON.stringify(body) } : {}),
  })
  return { status: answer.status, headers: answer.headers, body: (await answer.json()) as Record<string, unknown> }
}
