import { mkdtempSync } from 'node:fs'
import { chmod, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { startPostgres } from '../../local/backends/postgres.ts'
import { migrate } from '../../migrations/migrate.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** The migrated template's URL on the server of this run. */
    templateUrl: string
  }
}

/**
 * Starts the run's PostgreSQL and migrates the template, once for all projects of a run; vitest calls what it returns at
 * the end.
 */
export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  // Each project loads this module anew.
  const { TEST_TEMPLATE_URL } = process.env
  if (TEST_TEMPLATE_URL) {
    project.provide('templateUrl', TEST_TEMPLATE_URL)
    return undefined
  }
  const dir = mkdtempSync(join(tmpdir(), 'hexroute-postgres-'))
  // mkdtemp closes the directory to others, and under root PostgreSQL runs as another user.
  await chmod(dir, 0o755)
  const postgres = await startPostgres({ dir, password: 'test', database: 'hexroute_template', disposable: true })
  const killLeftover = () => process.kill(postgres.pid, 'SIGKILL')
  process.once('exit', killLeftover)
  await migrate({ databaseUrl: postgres.url })
  project.provide('templateUrl', postgres.url)
  process.env.TEST_TEMPLATE_URL = postgres.url
  return async () => {
    process.off('exit', killLeftover)
    await postgres.stop()
    await rm(dir, { recursive: true, force: true })
  }
}
