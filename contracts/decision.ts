import Type, { type Static } from 'typebox'

const nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()])
/** Every lead ends in exactly one of these. */
export const outcomes = ['assigned', 'held', 'pond', 'hq', 'rejected'] as const
export const Outcome = Type.Enum(outcomes)
export type Outcome = Static<typeof Outcome>

/** Tiers in order of precedence. */
export const tiers = ['explicit', 'sticky', 'exclusive', 'shared', 'nearest', 'fallback'] as const
export const Tier = Type.Enum(tiers)
export type Tier = Static<typeof Tier>

export const territoryKinds = ['zip', 'polygon', 'radius'] as const
export const TerritoryKind = Type.Enum(territoryKinds)
export type TerritoryKind = Static<typeof TerritoryKind>

/** Why a candidate was not eligible, in the order in which the filters run. */
export const ineligibleReasons = [
  'INACTIVE',
  'PAUSED',
  'NOT_YET_OPEN',
  'TERRITORY',
  'DISTANCE',
  'SERVICE',
  'LANGUAGE',
  'CONSENT',
  'HOURS',
  'CAP',
  'PREVIOUS_ASSIGNEE',
  'RULE',
] as const
export const IneligibleReason = Type.Enum(ineligibleReasons)
export type IneligibleReason = Static<typeof IneligibleReason>

/** Why a lead did not reach a location by the plain way. */
export const fallbackReasons = [
  'BAD_POSTAL',
  'NON_GEOGRAPHIC',
  'NO_COVERAGE',
  'ALL_FULL',
  'ALL_CLOSED',
  'UNAVAILABLE',
] as const
export const FallbackReason = Type.Enum(fallbackReasons)
export type FallbackReason = Static<typeof FallbackReason>

/** How the point of a lead was found, best first. */
export const precisions = ['coordinates', 'zip', 'fsa', 'zip3', 'city', 'none'] as const
export const Precision = Type.Enum(precisions)
export type Precision = Static<typeof Precision>

export const Candidate = Type.Object({
  locationId: Type.String(),
  regionId: Type.String(),
  tier: Tier,
  territoryKind: nullable(TerritoryKind),
  territoryId: nullable(Type.String()),
  /** Great-circle metres between lead and location; null when the lead has no point. */
  distanceM: nullable(Type.Number()),
  /** Highest used/limit of its caps, 0 to 1; 0 when it has none. */
  utilisation: Type.Number(),
  score: nullable(Type.Number()),
  /** 1 = best; null when not eligible. */
  rank: nullable(Type.Integer()),
  reason: nullable(IneligibleReason),
  /** Which cap, service or rule: `day 20/20`. */
  detail: nullable(Type.String()),
})
export type Candidate = Static<typeof Candidate>

/** What the live system looked like to `decide`: with lead, ruleset, now and seed it makes a decision replayable. */
export const Snapshot = Type.Object({
  /** Counter key -> used, as read (or as the reservation saw it). */
  counters: Type.Record(Type.String(), Type.Number()),
  /** Locations that are not active, among the candidates. */
  statuses: Type.Record(Type.String(), Type.Enum(['paused', 'inactive'])),
  /** Location -> the counter key that was full when the reservation walked the ranked list. */
  refused: Type.Record(Type.String(), Type.String()),
})
export type Snapshot = Static<typeof Snapshot>

export const Place = Type.Object({
  postalCode: nullable(Type.String()),
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
})
export type Place = Static<typeof Place>

/** Published on `decisions.<tenant>.<location>.<outcome>`. Holds no personal data. */
export const Decision = Type.Object({
  decisionId: Type.String(),
  leadId: Type.String(),
  attempt: Type.Integer(),
  tenant: Type.String(),
  eventId: Type.String(),
  outcome: Outcome,
  tier: nullable(Tier),
  fallback: nullable(FallbackReason),
  locationId: nullable(Type.String()),
  regionId: nullable(Type.String()),
  strategy: Type.String(),
  /** One English sentence for people. */
  why: Type.String(),
  intakeLocationId: Type.String(),
  leadSource: nullable(Type.String()),
  place: Place,
  candidates: Type.Array(Candidate),
  snapshot: Snapshot,
  rulesetHash: Type.String(),
  seed: Type.String(),
  /** ISO 8601 UTC ms: the `now` given to `decide`, the instant of reservation. */
  decidedAt: Type.String(),
  leadCreatedAt: Type.String(),
  /** Hex sha256 over all of the above. */
  hash: Type.String(),
})
export type Decision = Static<typeof Decision>
