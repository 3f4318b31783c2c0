import Type, { type Static } from 'typebox'

const nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()])

/** How the point of a lead was found, best first. */
export const precisions = ['coordinates', 'zip4', 'zip', 'fsa', 'zip3', 'city', 'area_code', 'none'] as const
export const Precision = Type.Enum(precisions)
export type Precision = Static<typeof Precision>

/** Why a lead has no usable point. */
export const PlaceFault = Type.Enum(['BAD_POSTAL', 'NON_GEOGRAPHIC'])
export type PlaceFault = Static<typeof PlaceFault>

export const Place = Type.Object({
  postalCode: nullable(Type.String()),
  /** The last four digits of a US ZIP+4. */
  plus4: nullable(Type.String()),
  /** US state or Canadian province, two letters. */
  state: nullable(Type.String()),
  /** ISO 3166-1 alpha-2 where it is known. */
  country: nullable(Type.String()),
  /** True when the postal code had to be mended (`2134` -> `02134`). */
  repaired: Type.Boolean(),
  /** Degrees WGS 84. */
  latitude: nullable(Type.Number()),
  longitude: nullable(Type.Number()),
  precision: Precision,
  /** Metres within which the true point is expected. */
  errorM: nullable(Type.Number()),
  /** H3 cell, resolution 7, hexadecimal. */
  cell: nullable(Type.String()),
  fault: nullable(PlaceFault),
})
export type Place = Static<typeof Place>
