import { readdir } from 'node:fs/promises'
import pg from 'pg'

export type MigrationStep = { name: string; appliedAt: string | null }

/** Every step of the Postgres schema in order; null: it waits. */
export async function migrationStatus(databaseUrl: string): Promise<MigrationStep[]> {
  const files = await readdir(new URL('./postgres/', import.meta.url))
  const names = files.filter((file) => file.endsWith('.up.sql')).map((file) => file.replace('.up.sql', ''))
  const client = new pg.Client({ connectionString: databaseUrl, application_name: 'hexroute-migrate' })
  await client.connect()
  try {
    const made = await client.query<{ made: boolean }>(`SELECT to_regclass('hexroute.migrations') IS NOT NULL AS made`)
    const applied = made.rows[0]?.made
      ? await client.query<{ name: string; at: Date }>('SELECT name, applied_at AS at FROM hexroute.migrations')
      : { rows: [] }
    const times = new Map(applied.rows.map(({ name, at }) => [name, at.toISOString()]))
    return names.sort().map((name) => ({ name, appliedAt: times.get(name) ?? null }))
  } finally {
    await client.end()
  }
}
