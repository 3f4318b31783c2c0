import type { Decision } from '../../../contracts/decision.ts'
import type { DeliverySettings, SettingScope } from '../../../contracts/delivery-settings.ts'
import type { Clock } from '../../../kernel/clock.ts'
import type { Postgres } from '../../../kernel/postgres.ts'
import { type EffectiveSettings, mergeSettings } from '../steps/merge-settings.ts'
import { createKept } from './kept.ts'

export type SettingsReader = (
  of: Pick<Decision, 'tenant' | 'regionId'>,
  locationId: string,
) => Promise<EffectiveSettings>

/** A change in the directory acts within 10 s. */
const KEPT_MS = 8_000

/** How leads are written to a location: three rows at most, kept for some seconds. */
export function createSettingsReader(pool: Postgres, clock: Clock): SettingsReader {
  const kept = createKept<EffectiveSettings>(KEPT_MS, clock)
  return ({ tenant, regionId }, locationId) =>
    kept.get(locationId, async () => {
      const { rows } = await pool.query<{ scope: SettingScope; settings: DeliverySettings }>(
        `SELECT scope, settings FROM hexroute.delivery_settings
          WHERE tenant = $1 AND (scope, scope_id) IN (('agency', $1), ('region', $2), ('location', $3))`,
        [tenant, regionId, locationId],
      )
      return mergeSettings(Object.fromEntries(rows.map(({ scope, settings }) => [scope, settings])))
    })
}
