import type { Postgres } from '../../kernel/postgres.ts'

export async function readTenants(postgres: Postgres): Promise<string[]> {
  const { rows } = await postgres.query<{ id: string }>('SELECT id FROM hexroute.agencies')
  return rows.map(({ id }) => id)
}
