import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { freePort } from '../../local/ports.ts'

export type Target = { name: string; url: string; child: ChildProcess }
export type Figures = Partial<Record<'requests' | 'perSecond' | 'cpuMs' | 'failed' | 'p50Ms' | 'p99Ms', number>>
const projectRoot = fileURLToPath(new URL('../..', import.meta.url))

/** Starts a server of this project on a free port and waits until it answers anything. */
export async function startTarget(name: string, file: string, env: Record<string, string>): Promise<Target> {
  const port = await freePort()
  const child = spawn(process.execPath, ['--import', 'tsx', file], {
    cwd: projectRoot,
    env: { ...process.env, ...env, PORT: String(port), INGEST_PORT: String(port), LOG_LEVEL: 'warn' },
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  const url = `http://127.0.0.1:${port}`
  const ready = name === 'gateway' ? `${url}/readyz` : url
  for (let attempt = 0; !(await answers(ready, name === 'gateway')); attempt++) {
    if (child.exitCode !== null || attempt > 600) throw new Error(`${name} did not start`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  return { name, url: `${url}/webhooks/ghl`, child }
}

/** Runs a load generator in a process of its own; its one line of JSON. */
export async function load(target: Target, file: string, args: string[], privateKey: string): Promise<Figures> {
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', file, target.url, ...args], {
    cwd: projectRoot,
    env: { ...process.env, BENCH_PRIVATE_KEY: privateKey },
  })
  return JSON.parse(stdout) as Figures
}

const answers = (url: string, mustBeOk: boolean): Promise<boolean> =>
  fetch(url, { method: mustBeOk ? 'GET' : 'POST', headers: { 'x-ghl-signature': `${'A'.repeat(86)}==` } }).then(
    (answer) => answer.ok || !mustBeOk,
    () => false,
  )
