import { spawn } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { chmod, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { vi } from 'vitest'
import { type Endpoints, readEndpoints } from '../../local/endpoints.ts'

const START = fileURLToPath(new URL('../../local/start.mjs', import.meta.url))

export type Launcher = {
  pid: number
  exited: Promise<number | null>
  /** Everything it has printed so far. */
  output(): string
  endpoints(): Endpoints
  signal(name: NodeJS.Signals): Promise<number | null>
}

/** A directory that PostgreSQL's user may enter, also under root. */
export async function makeDataDir(): Promise<{ dir: string; remove(): Promise<void> }> {
  const parent = mkdtempSync(join(tmpdir(), 'hexroute-launch-'))
  await chmod(parent, 0o755)
  return { dir: join(parent, 'data'), remove: () => rm(parent, { recursive: true, force: true }) }
}

/** `npm start` without npm: the same file, arguments and environment. */
export function runLauncher(dir: string, args: string[], env: Record<string, string> = {}): Launcher {
  const own = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/_(URL|PORT)$|^NODE_OPTIONS$/.test(name)),
  )
  const child = spawn(process.execPath, [START, '--data', dir, ...args], {
    env: { ...own, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let text = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (text += chunk))
  const exited = new Promise<number | null>((resolve) => child.once('close', resolve))
  const killLeftover = () => child.kill('SIGTERM')
  process.once('exit', killLeftover)
  void exited.then(() => process.off('exit', killLeftover))
  return {
    pid: child.pid ?? 0,
    exited,
    output: () => text,
    endpoints: () => readEndpoints(dir) as Endpoints,
    signal: (name) => {
      child.kill(name)
      return exited
    },
  }
}

/** Until the table stands on the terminal. A launcher that gives up fails the test with what it said. */
export async function untilRunning(launcher: Launcher): Promise<void> {
  let gone = false
  void launcher.exited.then(() => (gone = true))
  await vi.waitUntil(() => gone || launcher.output().includes('hexroute runs'), { timeout: 150_000, interval: 100 })
  if (gone) throw new Error(`the launcher ended: ${launcher.output()}`)
}
