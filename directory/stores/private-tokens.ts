import type { Postgres } from '../../kernel/postgres.ts'

export type PrivateTokens = {
  put: (tenant: string, locationId: string, sealed: Uint8Array) => Promise<void>
  delete: (locationId: string) => Promise<boolean>
}

/** Tokens of single sub-accounts: written here, read by delivery alone. */
export const createPrivateTokens = (pool: Postgres): PrivateTokens => ({
  put: async (tenant, locationId, sealed) => {
    await pool.query(
      `INSERT INTO hexroute.ghl_private_tokens (location_id, tenant, token_sealed) VALUES ($1, $2, $3)
       ON CONFLICT (location_id) DO UPDATE SET token_sealed = excluded.token_sealed, created_at = now()`,
      [locationId, tenant, sealed],
    )
  },
  delete: async (locationId) => {
    const { rowCount } = await pool.query('DELETE FROM hexroute.ghl_private_tokens WHERE location_id = $1', [
      locationId,
    ])
    return rowCount === 1
  },
})
