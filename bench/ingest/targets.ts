import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { freePort } from '../../local/ports.ts'

export type Target = { name: string; url: string; child: ChildProcess }
export const projectRoot = fileURLToPath(new URL('../..', import.meta.url))

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

/** A load generator in a process of its own, and the processor time that the target spent meanwhile. */
export async function load(
  target: Target,
  file: string,
  args: string[],
  privateKey: string,
): Promise<{ result: Record<string, number>; cpuMs: number }> {
  const before = cpuMs(target.child)
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', file, target.url, ...args], {
    cwd: projectRoot,
    env: { ...process.env, BENCH_PRIVATE_KEY: privateKey },
  })
  return { result: JSON.parse(stdout) as Record<string, number>, cpuMs: cpuMs(target.child) - before }
}

const answers = (url: string, mustBeOk: boolean): Promise<boolean> =>
  fetch(url, { method: mustBeOk ? 'GET' : 'POST', headers: { 'x-ghl-signature': `${'A'.repeat(86)}==` } }).then(
    (answer) => answer.ok || !mustBeOk,
    () => false,
  )

/** User and system time in milliseconds: fields 14 and 15 of /proc/PID/stat, in ticks of 10 ms. */
function cpuMs({ pid }: ChildProcess): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ')
  return (Number(fields[11]) + Number(fields[12])) * 10
}
