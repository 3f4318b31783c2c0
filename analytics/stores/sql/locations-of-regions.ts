import type { Postgres } from '../../../kernel/postgres.ts'
import type { Scope } from '../../steps/scope.ts'
import type { LocationsOfRegions } from './row-filters.ts'

/** What `rowFilters` needs for a scope of regions; empty for a scope without. */
export async function locationsOfRegions(
  postgres: Postgres,
  { tenant, regionIds }: Scope,
): Promise<LocationsOfRegions> {
  if (regionIds.length === 0) return []
  const { rows } = await postgres.query<{ id: string }>(
    `SELECT id FROM hexroute.locations WHERE region_id = ANY($1) AND ($2::text IS NULL OR tenant = $2) ORDER BY id`,
    [regionIds, tenant],
  )
  return rows.map(({ id }) => id)
}
