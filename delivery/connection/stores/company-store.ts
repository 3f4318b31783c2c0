import { type Postgres, transaction } from '../../../kernel/postgres.ts'
import { seal } from '../../../kernel/sealed.ts'
import type { Company } from '../steps/connection-of.ts'

export type Connected = {
  tenant: string
  /** GHL's name of the agency; null where it could not be asked. */
  name: string | null
  scopes: string | null
  accessToken: string
  refreshToken: string
  expiresAt: Date
  at: Date
}

export type CompanyStore = ReturnType<typeof createCompanyStore>

/** What we hold of an agency's connection. A new agency is made by connecting or installing: its id is GHL's companyId. */
export function createCompanyStore(pool: Postgres, secretKey: string) {
  return {
    read: async (tenant: string): Promise<Company | null> => {
      const { rows } = await pool.query<Company>(
        `SELECT coalesce(c.name, a.name) AS name, connected_at AS "connectedAt", disconnected_at AS "disconnectedAt", fault,
                refresh_token_sealed IS NOT NULL AS "hasTokens", expires_at AS "expiresAt"
           FROM hexroute.ghl_companies c JOIN hexroute.agencies a ON a.id = c.tenant WHERE tenant = $1`,
        [tenant],
      )
      return rows[0] ?? null
    },

    register: (tenant: string, name: string | null): Promise<unknown> =>
      pool.query('INSERT INTO hexroute.agencies (id, name) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING', [
        tenant,
        name ?? tenant,
      ]),

    saveConnected: (company: Connected): Promise<void> =>
      transaction(pool, async (client) => {
        const { tenant, name, scopes, accessToken, refreshToken, expiresAt, at } = company
        await client.query('INSERT INTO hexroute.agencies (id, name) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING', [
          tenant,
          name ?? tenant,
        ])
        await client.query(SAVE_CONNECTED, [
          ...[tenant, seal(secretKey, refreshToken), seal(secretKey, accessToken), expiresAt],
          ...[name, scopes, at],
        ])
      }),

    saveName: (tenant: string, name: string): Promise<void> =>
      transaction(pool, async (client) => {
        await client.query('UPDATE hexroute.ghl_companies SET name = $2 WHERE tenant = $1', [tenant, name])
        // A name that a person gave stays.
        await client.query('UPDATE hexroute.agencies SET name = $2 WHERE id = $1 AND name = id', [tenant, name])
      }),

    /** Agencies whose tokens GHL stopped taking within a day, and when: an older one was told, and is not told again. */
    refused: async (): Promise<{ tenant: string; at: Date }[]> => {
      const { rows } = await pool.query<{ tenant: string; at: Date }>(
        `SELECT tenant, disconnected_at AS at FROM hexroute.ghl_companies
          WHERE fault = 'GHL_RECONNECT' AND disconnected_at > now() - interval '24 hours'`,
      )
      return rows
    },

    /** True when this very instant is the one of the stored disconnection. */
    wasDisconnected: async (tenant: string, at: string): Promise<boolean> => {
      const { rows } = await pool.query(
        `SELECT 1 FROM hexroute.ghl_companies
          WHERE tenant = $1 AND disconnected_at = $2 AND refresh_token_sealed IS NULL`,
        [tenant, at],
      )
      return rows.length === 1
    },

    /** False: it was not connected at that instant, or is so again since: a late or repeated webhook. */
    saveDisconnected: async (tenant: string, at: string, fault: string | null): Promise<boolean> => {
      const { rowCount } = await pool.query(
        `UPDATE hexroute.ghl_companies
            SET refresh_token_sealed = NULL, access_token_sealed = NULL, expires_at = NULL, disconnected_at = $2, fault = $3
          WHERE tenant = $1 AND coalesce(connected_at, '-infinity') < $2 AND coalesce(disconnected_at, '-infinity') < $2
            AND (refresh_token_sealed IS NOT NULL OR fault IS DISTINCT FROM $3)`,
        [tenant, at, fault],
      )
      return rowCount === 1
    },
  }
}

const SAVE_CONNECTED = `
  INSERT INTO hexroute.ghl_companies
    (tenant, refresh_token_sealed, access_token_sealed, expires_at, name, scopes, connected_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7)
  ON CONFLICT (tenant) DO UPDATE SET
    refresh_token_sealed = excluded.refresh_token_sealed, access_token_sealed = excluded.access_token_sealed,
    expires_at = excluded.expires_at, name = coalesce(excluded.name, ghl_companies.name), scopes = excluded.scopes,
    connected_at = excluded.connected_at, fault = NULL`
