import type { Command } from 'commander'
import { Failure } from '../failure.ts'
import { output } from '../output.ts'
import { table } from '../print/table.ts'

/** The one command that does not ask the directory: it cannot start before this has run. */
export function migrateCommands(program: Command): void {
  const migrate = program
    .command('migrate')
    .description(
      'the schema of Postgres (DATABASE_URL) and ClickHouse (CLICKHOUSE_URL, and CLICKHOUSE_CLUSTER for a cluster)',
    )

  migrate
    .command('up')
    .description('bring the schema to the newest version')
    .action(async (_options: object, command: Command) => {
      // The drivers load only for who needs them.
      const { migrate: up } = await import('../../migrations/migrate.ts')
      const applied: string[] = []
      await up({ ...stores(), log: (line) => applied.push(line) }).catch(fail)
      output(command, { applied }, () => (applied.length === 0 ? 'Nothing to do.' : applied.join('\n')))
    })
  migrate
    .command('status')
    .description('which steps were applied, and when')
    .action(async (_options: object, command: Command) => {
      const { migrationStatus } = await import('../../migrations/migration-status.ts')
      const steps = await migrationStatus(stores().databaseUrl).catch(fail)
      const columns = ['step', 'applied'].map((title) => ({ title }))
      output(command, { steps }, () =>
        table(
          columns,
          steps.map(({ name, appliedAt }) => [name, appliedAt ?? 'waits']),
          '',
        ),
      )
      if (steps.some(({ appliedAt }) => appliedAt === null)) process.exitCode = 1
    })
}

function stores(): { databaseUrl: string; clickhouseUrl?: string; clickhouseCluster: string | undefined } {
  const { DATABASE_URL: databaseUrl, CLICKHOUSE_URL: clickhouseUrl, CLICKHOUSE_CLUSTER } = process.env
  if (!databaseUrl) throw new Failure('NO_DATABASE', 'Say which database: DATABASE_URL is not set.', { isUsage: true })
  return {
    databaseUrl,
    clickhouseCluster: CLICKHOUSE_CLUSTER || undefined,
    ...(clickhouseUrl ? { clickhouseUrl } : {}),
  }
}

function fail(error: Error): never {
  throw new Failure('MIGRATION_FAILED', `${error.message || 'The database does not answer'}.`)
}
