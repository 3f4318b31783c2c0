import Type, { type Static } from 'typebox'

/** The organisation as the directory's API takes and gives it. Ids are GHL's where GHL has one. */
const Id = Type.String({ minLength: 1, maxLength: 64, pattern: '^[A-Za-z0-9_-]+$' })
const Name = Type.String({ minLength: 1, maxLength: 200 })

export const Agency = Type.Object(
  {
    /** GHL companyId: the tenant. */
    id: Id,
    name: Name,
  },
  { additionalProperties: false },
)
export type Agency = Static<typeof Agency>

export const Region = Type.Object({ id: Id, tenant: Id, name: Name }, { additionalProperties: false })
export type Region = Static<typeof Region>

export const LocationKind = Type.Enum(['location', 'intake'])
export const LocationStatus = Type.Enum(['active', 'paused', 'inactive'])
export type LocationStatus = Static<typeof LocationStatus>

export const Location = Type.Object(
  {
    /** GHL sub-account id. */
    id: Id,
    tenant: Id,
    /** Required for kind `location`. */
    regionId: Type.Union([Id, Type.Null()]),
    name: Name,
    /** `intake` sub-accounts create leads; `location` ones receive them. */
    kind: LocationKind,
    status: LocationStatus,
    /** Degrees WGS 84. */
    latitude: Type.Union([Type.Number({ minimum: -90, maximum: 90 }), Type.Null()]),
    longitude: Type.Union([Type.Number({ minimum: -180, maximum: 180 }), Type.Null()]),
    /** IANA zone: caps and hours are counted in it. */
    timeZone: Type.String({ minLength: 1, maxLength: 64 }),
    /** Share relative to other locations of one shared territory; 0 receives nothing by score. */
    weight: Type.Number({ minimum: 0, maximum: 1000 }),
  },
  { additionalProperties: false },
)
export type Location = Static<typeof Location>

export const Source = Type.Object(
  {
    id: Id,
    tenant: Id,
    name: Name,
    /** The intake sub-account whose workflow posts here. */
    locationId: Id,
    /** Given once, stored as a hash. */
    secret: Type.String({ minLength: 16, maxLength: 200 }),
  },
  { additionalProperties: false },
)
export type Source = Static<typeof Source>

const LocalDate = Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$' })
export const User = Type.Object(
  {
    /** GHL user id. One who works at two locations is two entries, each with its own facts. */
    id: Id,
    tenant: Id,
    locationId: Id,
    name: Name,
    /** Acts at once; all that follows acts from the next publish on. */
    status: LocationStatus,
    /** Share relative to the other users of the location; 0 receives only by hand. */
    weight: Type.Number({ minimum: 0, maximum: 1000 }),
    /** Own hours, a calendar of the ruleset; null: those of the location. */
    calendarId: Type.Union([Id, Type.Null()]),
    /** Services he serves; empty: all of the location. */
    skills: Type.Array(Id, { maxItems: 1_000 }),
    /** Lower-case ISO 639-1; empty: those of the location. */
    languages: Type.Array(Type.String({ pattern: '^[a-z]{2}$' }), { maxItems: 100 }),
    /** Away from the first to the last local date, both included. */
    leave: Type.Array(Type.Object({ from: LocalDate, to: LocalDate }, { additionalProperties: false }), {
      maxItems: 1_000,
    }),
  },
  { additionalProperties: false },
)
export type User = Static<typeof User>
