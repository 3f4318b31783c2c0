import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { freePort } from '../../local/ports.ts'
import { programArguments } from '../../local/program-arguments.ts'
import type { Simulator } from './ghl-simulator.ts'

export type DeliveryProcess = {
  kill: () => Promise<void>
  /** SIGSTOP and SIGCONT: it is there and does nothing, as on a machine that hangs. */
  pause: () => void
  resume: () => void
  /** SIGTERM, as an orchestrator's; gives the exit code. */
  stop: () => Promise<number | null>
  /** Sum of a metric's samples whose labels contain all of these. */
  metric: (name: string, labels?: Record<string, string>) => Promise<number>
}

const projectRoot = fileURLToPath(new URL('../..', import.meta.url))
const READY_WITHIN_MS = 40_000

/** `delivery/main.ts` against a simulator, in a process of its own. */
export async function startDelivery(simulator: Simulator, env: Record<string, string>): Promise<DeliveryProcess> {
  const port = await freePort()
  const child = spawn(process.execPath, programArguments('delivery/main.ts'), {
    cwd: projectRoot,
    env: {
      ...process.env,
      LOG_LEVEL: 'fatal',
      GHL_API_URL: simulator.url,
      GHL_CLIENT_ID: `${simulator.appId}-test`,
      GHL_CLIENT_SECRET: 'test-client-secret',
      DELIVERY_PORT: String(port),
      ...env,
    },
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  const url = `http://127.0.0.1:${port}`
  await untilReady(child, url)
  return {
    kill: () => end(child),
    pause: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
    stop: () => terminate(child),
    metric: (name, labels = {}) => readMetric(url, name, labels),
  }
}

async function untilReady(child: ChildProcess, url: string): Promise<void> {
  const deadline = Date.now() + READY_WITHIN_MS
  while (Date.now() < deadline) {
    if (child.exitCode !== null) throw new Error(`delivery ended with code ${child.exitCode}`)
    const ready = await fetch(`${url}/readyz`).then(
      (answer) => answer.ok,
      () => false,
    )
    if (ready) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`delivery was not ready within ${READY_WITHIN_MS} ms`)
}

/** SIGKILL: as the worst end there is. */
async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGKILL')
  await exited
}

async function terminate(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode
  const exited = once(child, 'exit')
  child.kill('SIGTERM')
  await exited
  return child.exitCode
}

async function readMetric(url: string, name: string, labels: Record<string, string>): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text()
  const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`)
  return text
    .split('\n')
    .filter((line) => line.startsWith(`${name}{`) && wanted.every((label) => line.includes(label)))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0)
}
