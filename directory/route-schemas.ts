import Type from 'typebox'

/** What the routes' schemas have in common. */
export const ADMIN = { roles: ['admin'] } as const
export const READERS = { roles: ['admin', 'region_manager', 'location_manager', 'analyst'] } as const
/** Who answers for leads, and may see whose they are. */
export const MANAGERS = { roles: ['admin', 'region_manager', 'location_manager'] } as const

export const IdParams = Type.Object({ id: Type.String({ minLength: 1, maxLength: 64 }) })
export const UuidParams = Type.Object({ id: Type.String({ format: 'uuid' }) })
export const limit = Type.String({
  default: '100',
  pattern: '^[1-9]\\d{0,2}$',
  description: 'Items of a page, at most',
})
const cursor = Type.String({ default: '', maxLength: 200, description: '`next` of the page before' })
export const PageQuery = Type.Object({ cursor, limit })
/** Which agency, for the operator's keys, which see all. */
export const tenant = Type.Optional(Type.String({ minLength: 1, maxLength: 64 }))
/** ISO 8601 with zone. */
export const Instant = Type.String({
  pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}(:\\d{2})?(\\.\\d+)?(Z|[+-]\\d{2}:\\d{2})$',
})
