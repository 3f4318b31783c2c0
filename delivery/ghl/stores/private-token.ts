import type { Postgres } from '../../../kernel/postgres.ts'
import { unseal } from '../../../kernel/sealed.ts'

/** Reads the private integration token of a sub-account; null where there is none. */
export const createPrivateTokenReader =
  (pool: Postgres, secretKey: string) =>
  async (tenant: string, locationId: string): Promise<string | null> => {
    const { rows } = await pool.query<{ token_sealed: Buffer }>(
      'SELECT token_sealed FROM hexroute.ghl_private_tokens WHERE tenant = $1 AND location_id = $2',
      [tenant, locationId],
    )
    return rows[0] ? unseal(secretKey, rows[0].token_sealed) : null
  }
