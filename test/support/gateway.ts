import { type ChildProcess, spawn } from 'node:child_process'
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { freePort } from '../../local/ports.ts'
import { programArguments } from '../../local/program-arguments.ts'

const appId = '6a11f0c2b7d94e3fa0c51d27'
const projectRoot = join(import.meta.dirname, '../..')

export type Answer = { status: number; headers: Headers; body: Record<string, unknown> }
export type Gateway = {
  url: string
  pid: () => number
  /** Lines of the log so far. */
  logLines: () => Record<string, unknown>[]
  /** Posts the body with its signature, or with the one given. */
  postSigned: (body: unknown, headers?: Record<string, string>) => Promise<Answer>
  post: (path: string, body: string | Uint8Array, headers?: Record<string, string>) => Promise<Answer>
  signatureOf: (bytes: Uint8Array) => string
  metric: (name: string, labels?: Record<string, string>) => Promise<number>
  stop: (signal?: NodeJS.Signals) => Promise<number | null>
}

const START_WITHIN_MS = 50_000

/** Runs `ingest/main.ts` as its own process, trusting a fresh key. */
export async function startGateway(env: Record<string, string>): Promise<Gateway> {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const child = spawn(process.execPath, programArguments('ingest/main.ts'), {
    cwd: projectRoot,
    env: {
      ...process.env,
      INGEST_PORT: String(port),
      GHL_WEBHOOK_PUBLIC_KEYS: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
      GHL_APP_ID: appId,
      ...env,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let log = ''
  child.stdout.on('data', (chunk: Buffer) => {
    log += chunk
  })
  await untilReady(child, url)
  return {
    url,
    pid: () => child.pid ?? 0,
    logLines: () =>
      log
        // What stands after the last line break is a line that is still coming.
        .slice(0, log.lastIndexOf('\n') + 1)
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as Record<string, unknown>),
    metric: (name, labels = {}) => readMetric(url, name, labels),
    stop: (signal = 'SIGTERM') => stop(child, signal),
    ...senders(url, privateKey),
  }
}

/** One of the bodies under test/fixtures/ghl, with some fields changed. */
export function fixture(path: string, change: Record<string, unknown> = {}): Record<string, unknown> {
  const file = join(projectRoot, 'test/fixtures/ghl', path)
  return { ...(JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>), ...change }
}

function senders(url: string, privateKey: KeyObject): Pick<Gateway, 'post' | 'postSigned' | 'signatureOf'> {
  const post: Gateway['post'] = async (path, body, headers = {}) => {
    const answer = await fetch(url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: Buffer.from(body),
    })
    return { status: answer.status, headers: answer.headers, body: (await answer.json()) as Record<string, unknown> }
  }
  const signatureOf = (bytes: Uint8Array) => sign(null, bytes, privateKey).toString('base64')
  return {
    post,
    signatureOf,
    postSigned: (body, headers = {}) => {
      const bytes = body instanceof Uint8Array ? body : Buffer.from(JSON.stringify(body))
      return post('/webhooks/ghl', bytes, { 'x-ghl-signature': signatureOf(bytes), ...headers })
    },
  }
}

async function untilReady(child: ChildProcess, url: string): Promise<void> {
  const deadline = Date.now() + START_WITHIN_MS
  while (Date.now() < deadline) {
    if (child.exitCode !== null) throw new Error(`the gateway ended with code ${child.exitCode}`)
    const ready = await fetch(`${url}/readyz`).then(
      (answer) => answer.ok,
      () => false,
    )
    if (ready) return
    await delay(50)
  }
  child.kill('SIGKILL')
  throw new Error(`the gateway was not ready within ${START_WITHIN_MS} ms`)
}

async function stop(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode
  const exited = once(child, 'exit')
  child.kill(signal)
  await exited
  return child.exitCode
}

/** The sum of all samples of a metric that carry the labels. */
async function readMetric(url: string, name: string, labels: Record<string, string>): Promise<number> {
  const text = await fetch(`${url}/metrics`).then((answer) => answer.text())
  const wanted = Object.entries(labels).map(([key, value]) => `${key}="${value}"`)
  return text
    .split('\n')
    .filter((line) => line.startsWith(`${name}{`) && wanted.every((pair) => line.includes(pair)))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0)
}
