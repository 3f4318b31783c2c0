import type { Access } from '../../contracts/access.ts'

/** Where something is in the tree of an agency. */
export type Whereabouts = { tenant: string; regionId: string | null; locationId: string | null }

/** True when the place lies in the key's part: its lists narrow each other, and an empty one does not narrow. */
export function reaches({ tenant, regionIds, locationIds }: Access, place: Whereabouts): boolean {
  const within = (ids: string[], id: string | null): boolean => ids.length === 0 || (id !== null && ids.includes(id))
  return (
    (tenant === null || tenant === place.tenant) &&
    within(regionIds, place.regionId) &&
    within(locationIds, place.locationId)
  )
}
