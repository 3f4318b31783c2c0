import type { Scope } from './scope.ts'
import type { Place } from './to-conversion.ts'

/** The places that a scope may see. Two lists narrow each other; an empty one narrows nothing. */
export function placesIn({ regionIds, locationIds }: Scope, places: Place[]): Place[] {
  const regions = new Set(regionIds)
  const locations = new Set(locationIds)
  return places.filter(
    ({ id, regionId }) => (regions.size === 0 || regions.has(regionId)) && (locations.size === 0 || locations.has(id)),
  )
}
