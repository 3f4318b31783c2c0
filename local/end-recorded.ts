import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { endOrphan } from './pid-file.ts'

/**
 * Ends every process that the pid files of a data directory name, each one folder deep. SIGINT ends PostgreSQL quickly
 * and the others as well.
 */
export async function endRecorded(dir: string, signal: NodeJS.Signals): Promise<void> {
  const folders = readdirSync(dir, { withFileTypes: true }).filter((entry) => entry.isDirectory())
  const files = folders.flatMap(({ name }) => listPidFiles(join(dir, name)))
  await Promise.all(files.map((file) => endOrphan(file, signal)))
}

/** PostgreSQL's own pid file has another form, and its name ends alike. */
function listPidFiles(folder: string): string[] {
  const names = readdirSync(folder).filter((name) => name.endsWith('.pid'))
  return names.map((name) => join(folder, name)).filter((file) => readFileSync(file, 'utf8').startsWith('{'))
}
