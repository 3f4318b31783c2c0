import Type, { type Static } from 'typebox'

/**
 * The document that decides: immutable once published, named by the sha256 of its canonical JSON (RFC 8785). Location
 * facts are copied in when it is published, so that a decision can be replayed after a location has moved.
 */
const Id = Type.String({ minLength: 1, maxLength: 64, pattern: '^[A-Za-z0-9_-]+$' })
const Latitude = Type.Number({ minimum: -90, maximum: 90 })
const Longitude = Type.Number({ minimum: -180, maximum: 180 })

const territory = { id: Id, locationId: Id, exclusive: Type.Boolean() }

export const ZipTerritory = Type.Object(
  {
    ...territory,
    kind: Type.Literal('zip'),
    country: Type.Enum(['US', 'CA']),
    /** US ZIPs (5 digits) or Canadian FSAs (3 characters). */
    codes: Type.Array(Type.String({ pattern: '^(\\d{5}|[A-Z]\\d[A-Z])$' }), { minItems: 1, maxItems: 50_000 }),
  },
  { additionalProperties: false },
)
export const RadiusTerritory = Type.Object(
  {
    ...territory,
    kind: Type.Literal('radius'),
    latitude: Latitude,
    longitude: Longitude,
    /** Inclusive, great-circle metres. */
    radiusM: Type.Number({ exclusiveMinimum: 0, maximum: 2_000_000 }),
  },
  { additionalProperties: false },
)
/** GeoJSON Polygon or MultiPolygon (RFC 7946): [longitude, latitude], first ring outer, further rings holes. */
const Ring = Type.Array(Type.Tuple([Longitude, Latitude]), { minItems: 4, maxItems: 10_000 })
export const PolygonTerritory = Type.Object(
  {
    ...territory,
    kind: Type.Literal('polygon'),
    polygons: Type.Array(Type.Array(Ring, { minItems: 1 }), { minItems: 1, maxItems: 1_000 }),
  },
  { additionalProperties: false },
)
export const Territory = Type.Union([ZipTerritory, RadiusTerritory, PolygonTerritory])
export type Territory = Static<typeof Territory>

export const Cap = Type.Object(
  {
    locationId: Id,
    metric: Type.Literal('leads'),
    window: Type.Enum(['day', 'concurrent']),
    /** null = unlimited, 0 = closed. */
    limit: Type.Union([Type.Integer({ minimum: 0, maximum: 1_000_000_000 }), Type.Null()]),
  },
  { additionalProperties: false },
)
export type Cap = Static<typeof Cap>

export const strategies = ['balanced', 'nearest'] as const
export const Strategy = Type.Enum(strategies)
export type Strategy = Static<typeof Strategy>

export const RulesetDocument = Type.Object(
  {
    version: Type.Literal(1),
    tenant: Id,
    /** How candidates inside one tier are ranked. */
    strategy: Type.Object(
      { exclusive: Strategy, shared: Strategy, nearest: Strategy },
      { additionalProperties: false },
    ),
    /** Outside every territory a lead may go to the nearest location up to this distance, metres. 0 turns it off. */
    nearestMaxM: Type.Number({ minimum: 0, maximum: 20_000_000 }),
    territories: Type.Array(Territory, { maxItems: 100_000 }),
    caps: Type.Array(Cap, { maxItems: 100_000 }),
  },
  { additionalProperties: false },
)
export type RulesetDocument = Static<typeof RulesetDocument>

/** A location's facts as they stood when the ruleset was published. */
export const RulesetLocation = Type.Object({
  id: Id,
  regionId: Id,
  name: Type.String(),
  latitude: Latitude,
  longitude: Longitude,
  timeZone: Type.String(),
  weight: Type.Number(),
})
export type RulesetLocation = Static<typeof RulesetLocation>

export const PublishedRuleset = Type.Object({
  /** Hex sha256 of the canonical JSON of {document, locations}. */
  hash: Type.String(),
  document: RulesetDocument,
  locations: Type.Array(RulesetLocation),
})
export type PublishedRuleset = Static<typeof PublishedRuleset>
