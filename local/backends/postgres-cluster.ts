import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { Problem } from '../problem.ts'
import type { PostgresUser } from './postgres-user.ts'

const POSTGRES_MAJOR = '18'
export const POSTGRES_ROLE = 'hexroute'

/** Makes the cluster when the directory is empty; otherwise says clearly why it cannot be used. */
export async function ensureCluster(
  clusterDir: string,
  initdb: string,
  user: PostgresUser,
  password: string,
): Promise<void> {
  const versionFile = join(clusterDir, 'PG_VERSION')
  if (existsSync(versionFile)) return checkMajor(clusterDir, readFileSync(versionFile, 'utf8').trim())
  if (existsSync(clusterDir) && readdirSync(clusterDir).length > 0) {
    throw new Problem(`${clusterDir} is not empty and holds no PostgreSQL data: choose another directory with --data`)
  }
  await makeCluster(clusterDir, initdb, user, password)
}

function checkMajor(clusterDir: string, major: string): void {
  if (major === POSTGRES_MAJOR) return
  throw new Problem(
    `${clusterDir} was made by PostgreSQL ${major}, and this hexroute runs PostgreSQL ${POSTGRES_MAJOR}: start with --data and a new directory, or move the data with pg_dump of version ${major}`,
  )
}

/** Built beside its place and renamed when complete, so that a kill in the middle leaves nothing half made. */
async function makeCluster(clusterDir: string, initdb: string, user: PostgresUser, password: string): Promise<void> {
  const draft = `${clusterDir}.new`
  const passwordFile = join(dirname(clusterDir), `.password-${randomBytes(6).toString('hex')}`)
  rmSync(draft, { recursive: true, force: true })
  mkdirSync(draft, { recursive: true, mode: 0o700 })
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 })
  user.own(draft)
  user.own(passwordFile)
  try {
    await runInitdb(draft, initdb, user, passwordFile)
    rmSync(clusterDir, { recursive: true, force: true })
    renameSync(draft, clusterDir)
    chmodSync(clusterDir, 0o700)
  } finally {
    rmSync(passwordFile, { force: true })
  }
}

async function runInitdb(dir: string, initdb: string, user: PostgresUser, passwordFile: string): Promise<void> {
  // The built-in locale sorts the same on every machine and needs no locale of the system.
  const flags = [
    `--pgdata=${dir}`,
    `--username=${POSTGRES_ROLE}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale-provider=builtin',
    '--locale=C.UTF-8',
  ]
  const { command, args, user: ids } = user.wrap(initdb, flags)
  const env = { ...process.env, LC_ALL: 'C', LC_MESSAGES: 'C' }
  try {
    await promisify(execFile)(command, args, { ...ids, cwd: '/', env })
  } catch (error) {
    throw new Problem(`PostgreSQL could not make its directory ${dir}: ${reasonOf(error)}`)
  }
}

function reasonOf(error: unknown): string {
  const stderr = typeof error === 'object' && error !== null && 'stderr' in error ? String(error.stderr) : String(error)
  if (/No space left/i.test(stderr)) return 'the disk is full'
  const lines = stderr.split('\n').filter((line) => /error|fatal|denied/i.test(line))
  return lines[0]?.replace(/^initdb: error: /, '') ?? 'initdb failed'
}
