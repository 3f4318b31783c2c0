import type { DeliverySettings, SettingScope } from '../../contracts/delivery-settings.ts'
import type { Postgres } from '../../kernel/postgres.ts'

export type SettingOf = { tenant: string; scope: SettingScope; scopeId: string }

export type DeliverySettingsStore = {
  find: (of: SettingOf) => Promise<DeliverySettings | null>
  put: (of: SettingOf, settings: DeliverySettings) => Promise<void>
  /** False: nothing was said there. */
  delete: (of: SettingOf) => Promise<boolean>
  hasAgency: (tenant: string) => Promise<boolean>
  hasRegion: (tenant: string, regionId: string) => Promise<boolean>
}

export const createDeliverySettingsStore = (pool: Postgres): DeliverySettingsStore => ({
  find: async ({ tenant, scope, scopeId }) => {
    const { rows } = await pool.query<{ settings: DeliverySettings }>(
      'SELECT settings FROM hexroute.delivery_settings WHERE tenant = $1 AND scope = $2 AND scope_id = $3',
      [tenant, scope, scopeId],
    )
    return rows[0]?.settings ?? null
  },
  put: async ({ tenant, scope, scopeId }, settings) => {
    await pool.query(
      `INSERT INTO hexroute.delivery_settings (tenant, scope, scope_id, settings) VALUES ($1, $2, $3, $4)
       ON CONFLICT (tenant, scope, scope_id) DO UPDATE SET settings = excluded.settings, updated_at = now()`,
      [tenant, scope, scopeId, JSON.stringify(settings)],
    )
  },
  delete: async ({ tenant, scope, scopeId }) => {
    const { rowCount } = await pool.query(
      'DELETE FROM hexroute.delivery_settings WHERE tenant = $1 AND scope = $2 AND scope_id = $3',
      [tenant, scope, scopeId],
    )
    return rowCount === 1
  },
  hasAgency: async (tenant) => {
    const { rows } = await pool.query('SELECT 1 FROM hexroute.agencies WHERE id = $1', [tenant])
    return rows.length === 1
  },
  hasRegion: async (tenant, regionId) => {
    const { rows } = await pool.query('SELECT 1 FROM hexroute.regions WHERE tenant = $1 AND id = $2', [
      tenant,
      regionId,
    ])
    return rows.length === 1
  },
})
