import type { Postgres } from '../../../kernel/postgres.ts'
import type { Scope } from '../../steps/scope.ts'
import { locationsOfRegions } from '../../stores/sql/locations-of-regions.ts'
import type { LocationsOfRegions } from '../../stores/sql/row-filters.ts'

export type AnalystKey = { id: string; sha256: string; scope: Scope; ofRegions: LocationsOfRegions }
export type AnalystKeys = { current: AnalystKey[]; revoked: string[] }

type Row = {
  id: string
  tenant: string | null
  sha256: string
  regionIds: string[]
  locationIds: string[]
  isRevoked: boolean
}

/**
 * The keys of the role analyst, in the order of their ids. Those of other roles can do more than read, so they are no
 * password for a database tool.
 */
export async function readAnalystKeys(postgres: Postgres): Promise<AnalystKeys> {
  const { rows } = await postgres.query<Row>(
    `SELECT id, tenant, key_sha256 AS sha256, region_ids AS "regionIds", location_ids AS "locationIds",
            revoked_at IS NOT NULL AS "isRevoked"
       FROM hexroute.access_keys WHERE role = 'analyst' ORDER BY id`,
  )
  const current: AnalystKey[] = []
  for (const { id, tenant, sha256, regionIds, locationIds, isRevoked } of rows) {
    if (isRevoked) continue
    const scope = { tenant, regionIds: regionIds.toSorted(), locationIds: locationIds.toSorted() }
    current.push({ id, sha256, scope, ofRegions: await locationsOfRegions(postgres, scope) })
  }
  return { current, revoked: rows.filter(({ isRevoked }) => isRevoked).map(({ id }) => id) }
}
