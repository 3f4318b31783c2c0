import type { Postgres } from '../../kernel/postgres.ts'
import type { Scope } from '../steps/scope.ts'
import type { Place } from '../steps/to-conversion.ts'

/** The locations that a scope may see, with the names of today, by region and name. Two lists narrow each other. */
export async function readPlaces(postgres: Postgres, scope: Scope): Promise<Place[]> {
  const { rows } = await postgres.query<Place>(
    `SELECT l.id, l.name, l.region_id AS "regionId", r.name AS "regionName"
       FROM hexroute.locations l JOIN hexroute.regions r ON r.tenant = l.tenant AND r.id = l.region_id
      WHERE l.kind = 'location'
        AND ($1::text IS NULL OR l.tenant = $1)
        AND (cardinality($2::text[]) = 0 OR l.region_id = ANY ($2))
        AND (cardinality($3::text[]) = 0 OR l.id = ANY ($3))
      ORDER BY r.name, r.id, l.name, l.id`,
    [scope.tenant, scope.regionIds, scope.locationIds],
  )
  return rows
}
