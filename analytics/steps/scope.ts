import type { Access } from '../../contracts/access.ts'

/** What a question may look at. */
export type Scope = {
  /** null: every tenant, for the operator's keys only. */
  tenant: string | null
  regionIds: string[]
  locationIds: string[]
}

/** The scope of a key, narrowed to one tenant where the key may see several. Null when it asks for another's. */
export function toScope(access: Access, tenant?: string): Scope | null {
  if (access.tenant !== null && tenant !== undefined && tenant !== access.tenant) return null
  return { tenant: access.tenant ?? tenant ?? null, regionIds: access.regionIds, locationIds: access.locationIds }
}

/** True when the key sees its whole tenant, also what belongs to no location. */
export const isWhole = (scope: Scope): boolean => scope.regionIds.length === 0 && scope.locationIds.length === 0
