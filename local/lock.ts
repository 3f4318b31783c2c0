import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readEndpoints } from './endpoints.ts'
import { endOrphan, forgetPid, recordPid, runningPid } from './pid-file.ts'
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
  await endOrphans(dir)
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

/** Every pid file lies one folder deep. SIGINT ends PostgreSQL quickly and the others as well. */
async function endOrphans(dir: string): Promise<void> {
  const folders = readdirSync(dir, { withFileTypes: true }).filter((entry) => entry.isDirectory())
  const files = folders.flatMap(({ name }) => listPidFiles(join(dir, name)))
  await Promise.all(files.map((file) => endOrphan(file, 'SIGINT')))
}

function listPidFiles(folder: string): string[] {
  const names = readdirSync(folder).filter((name) => name.endsWith('.pid') && name !== 'postmaster.pid')
  return names.map((name) => join(folder, name)).filter((file) => readFileSync(file, 'utf8').startsWith('{'))
}
