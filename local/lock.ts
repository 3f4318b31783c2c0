import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { endRecorded } from './end-recorded.ts'
import { readEndpoints } from './endpoints.ts'
import { forgetPid, recordPid, runningPid } from './pid-file.ts'
import { Problem } from './problem.ts'

/** Its presence says that a directory is ours. */
const MARKER = 'hexroute.json'

/**
 * Takes the data directory for this launcher. Whatever a killed launcher left running on it is ended first.
 * @throws Problem when another launcher runs on it, or when the directory holds something else.
 */
export async function lockDataDir(dir: string): Promise<() => void> {
  checkOurs(dir)
  mkdirSync(dir, { recursive: true, mode: 0o755 })
  const file = join(dir, 'launcher.pid')
  const other = runningPid(file)
  if (other && other.pid !== process.pid) throw new Problem(runningSentence(dir, other.pid))
  recordPid(file, process.pid)
  writeFileSync(join(dir, MARKER), `${JSON.stringify({ layout: 1 })}\n`)
  await endRecorded(dir, 'SIGINT')
  return () => forgetPid(file, process.pid)
}

function checkOurs(dir: string): void {
  if (!existsSync(dir) || readdirSync(dir).length === 0 || existsSync(join(dir, MARKER))) return
  throw new Problem(`${dir} is not empty and was not made by hexroute: choose another directory with --data`)
}

function runningSentence(dir: string, pid: number): string {
  const urls = Object.entries(readEndpoints(dir) ?? {}).filter(([name]) => name !== 'adminKey')
  const lines = urls.map(([name, url]) => `  ${name.padEnd(12)} ${url}`)
  return [
    `hexroute already runs on ${dir} (pid ${pid}).`,
    ...lines,
    'For a second one: npm start -- --data DIR --ports free',
  ].join('\n')
}
