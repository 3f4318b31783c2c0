import Type, { type Static } from 'typebox'
import { closed, Id, Latitude, Longitude } from './ids.ts'

/** In order of precedence inside one tier: the finer the claim, the stronger. */
export const territoryKinds = ['zip4', 'zip', 'polygon', 'drive_time', 'radius', 'county', 'state', 'country'] as const
export const TerritoryKind = Type.Enum(territoryKinds)
export type TerritoryKind = Static<typeof TerritoryKind>

/** What becomes of a lead whose exclusive owner is full, closed or paused. RELEASE_NOW passes it to the next claim. */
export const WhenUnavailable = Type.Union([
  Type.Enum(['RELEASE_NOW', 'HOLD', 'HQ']),
  Type.Object({ releaseAfterMinutes: Type.Integer({ minimum: 1, maximum: 43_200 }) }, closed),
])
export type WhenUnavailable = Static<typeof WhenUnavailable>

const owner = {
  id: Id,
  locationId: Id,
  exclusive: Type.Boolean(),
  /** Of exclusive territories only; RELEASE_NOW where it is not said. */
  whenUnavailable: Type.Optional(WhenUnavailable),
}
const codes = (pattern: string, itemsMax: number) =>
  Type.Array(Type.String({ pattern }), { minItems: 1, maxItems: itemsMax })

/** US ZIP+4 codes, nine digits without the hyphen. */
const Zip4Territory = Type.Object({ ...owner, kind: Type.Literal('zip4'), codes: codes('^\\d{9}$', 200_000) }, closed)
const ZipTerritory = Type.Object(
  {
    ...owner,
    kind: Type.Literal('zip'),
    country: Type.Enum(['US', 'CA']),
    /** US ZIPs (5 digits) or Canadian FSAs (3 characters). */
    codes: codes('^(\\d{5}|[A-Z]\\d[A-Z])$', 50_000),
  },
  closed,
)
const RadiusTerritory = Type.Object(
  {
    ...owner,
    kind: Type.Literal('radius'),
    latitude: Latitude,
    longitude: Longitude,
    /** Inclusive, great-circle. Exactly one of the three. */
    radiusM: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 2_000_000 })),
    radiusKm: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 2_000 })),
    radiusMi: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 1_243 })),
  },
  closed,
)
/** GeoJSON Polygon or MultiPolygon (RFC 7946): [longitude, latitude], first ring outer, further rings holes. */
const Ring = Type.Array(Type.Tuple([Longitude, Latitude]), { minItems: 4, maxItems: 10_000 })
const shape = { polygons: Type.Array(Type.Array(Ring, { minItems: 1 }), { minItems: 1, maxItems: 1_000 }) }
/** A drawn area, a drive-time isochrone or a county's outline: one geometry, three strengths. */
const AreaTerritory = Type.Object({ ...owner, kind: Type.Enum(['polygon', 'drive_time', 'county']), ...shape }, closed)
/** Two-letter codes of US states or Canadian provinces. */
const StateTerritory = Type.Object(
  { ...owner, kind: Type.Literal('state'), country: Type.Enum(['US', 'CA']), codes: codes('^[A-Z]{2}$', 70) },
  closed,
)
/** ISO 3166-1 alpha-2 codes. */
const CountryTerritory = Type.Object(
  { ...owner, kind: Type.Literal('country'), codes: codes('^[A-Z]{2}$', 260) },
  closed,
)

export const Territory = Type.Union([
  Zip4Territory,
  ZipTerritory,
  RadiusTerritory,
  AreaTerritory,
  StateTerritory,
  CountryTerritory,
])
export type Territory = Static<typeof Territory>
