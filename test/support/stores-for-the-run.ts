import { mkdtempSync } from 'node:fs'
import { chmod, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { CLICKHOUSE_STORE, startClickhouse } from '../../local/backends/clickhouse.ts'
import { startPostgres } from '../../local/backends/postgres.ts'
import { migrate } from '../../migrations/migrate.ts'
import { makeStoreDirectory } from './store-directory.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** The migrated template's URL on the PostgreSQL of this run. */
    templateUrl: string
    /** Where the ClickHouse of this run lie. */
    storeDir: string
    /** A directory of chDB, migrated and at rest. */
    templateStore: string
  }
}

/**
 * Starts the run's PostgreSQL, and migrates its template and one of ClickHouse: test files copy them, since the steps of
 * ClickHouse take 1.5 s of CPU each time. Vitest calls what it returns at the end.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const storeDir = makeStoreDirectory()
  const template = join(storeDir, 'template')
  const dir = mkdtempSync(join(tmpdir(), 'hexroute-stores-'))
  // mkdtemp closes the directory to others, and under root PostgreSQL runs as another user.
  await chmod(dir, 0o755)
  const [postgres, clickhouse] = await Promise.all([
    startPostgres({
      dir: join(dir, 'postgres'),
      ...{ password: 'test', database: 'hexroute_template', disposable: true },
    }),
    startClickhouse({ dir: template, port: 0 }),
  ])
  const killLeftover = () => process.kill(postgres.pid, 'SIGKILL')
  process.once('exit', killLeftover)
  await migrate({ databaseUrl: postgres.url, clickhouseUrl: clickhouse.url })
  await clickhouse.stop()
  project.provide('templateUrl', postgres.url)
  project.provide('storeDir', storeDir)
  project.provide('templateStore', join(template, CLICKHOUSE_STORE))
  return async () => {
    process.off('exit', killLeftover)
    await postgres.stop()
    await rm(dir, { recursive: true, force: true })
  }
}
