/** Who may read or change what. `widget` is the public, read-only role of an embedded figure. */
export const roles = ['admin', 'region_manager', 'location_manager', 'analyst', 'widget'] as const
export type Role = (typeof roles)[number]

/** An access key after it was looked up. Empty lists mean "all of the tenant". */
export type Access = {
  keyId: string
  tenant: string | null
  role: Role
  regionIds: string[]
  locationIds: string[]
}
