import Type, { type Static } from 'typebox'
import { Place } from './place.ts'
import { TerritoryKind } from './ruleset/territory.ts'
import { Snapshot } from './snapshot.ts'

const nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()])
/** Every lead ends in exactly one of these. */
export const outcomes = ['assigned', 'held', 'pond', 'hq', 'rejected'] as const
export const Outcome = Type.Enum(outcomes)
export type Outcome = Static<typeof Outcome>

/** Tiers in order of precedence. */
export const tiers = ['explicit', 'sticky', 'exclusive', 'shared', 'nearest', 'fallback'] as const
export const Tier = Type.Enum(tiers)
export type Tier = Static<typeof Tier>

/** Why a candidate was not eligible, in the order in which the filters run. */
export const ineligibleReasons = [
  'INACTIVE',
  'TERRITORY',
  'DISTANCE',
  'SERVICE',
  'LANGUAGE',
  'CONSENT',
  'PREVIOUS_ASSIGNEE',
  'RULE',
  'PAUSED',
  'NOT_YET_OPEN',
  'HOURS',
  'CAP',
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
  /** Paused, inactive, not open yet, or refused by service, language or rule. */
  'UNAVAILABLE',
  /** The exclusive owner cannot take it and nobody else may. */
  'EXCLUSIVE',
  'NO_CONSENT',
  /** The person asked not to be contacted. */
  'DNC',
  'RULE',
  /** No touch in time, as often as the ruleset allows. */
  'NO_TOUCH',
  /** Nobody claimed it from the pond. */
  'UNCLAIMED',
  /** Given back by the location and the return was approved. */
  'RETURNED',
] as const
export const FallbackReason = Type.Enum(fallbackReasons)
export type FallbackReason = Static<typeof FallbackReason>

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

/** A user of the chosen location, in the order of their claim to the lead. */
export const CandidateUser = Type.Object({
  userId: Type.String(),
  /** Entitled minus received in the rotation window, in leads; the largest goes first. */
  shortfall: Type.Number(),
  rank: nullable(Type.Integer()),
  reason: nullable(Type.Enum(['ABSENT', 'HOURS', 'SERVICE', 'LANGUAGE', 'CAP', 'PREVIOUS_ASSIGNEE', 'NO_SHARE'])),
  detail: nullable(Type.String()),
})
export type CandidateUser = Static<typeof CandidateUser>

/** Why a decision was asked for. */
export const requestKinds = [
  'new',
  'held',
  'pond-timeout',
  'sla',
  'claim',
  'move',
  'return',
  /** GHL does not let the lead be written to its location. */
  'undeliverable',
] as const
export const DecisionRequest = Type.Object({
  kind: Type.Enum(requestKinds),
  /** claim, move: where to. */
  locationId: nullable(Type.String()),
  userId: nullable(Type.String()),
  /** Had it before and are not asked again. */
  previousLocationIds: Type.Array(Type.String()),
  previousUserIds: Type.Array(Type.String()),
  /** ISO 8601: since when it has waited, when it was held before. */
  heldSince: nullable(Type.String()),
  /** Position of the pond group that it was offered to last; -1 before the first. */
  pondGroup: Type.Integer(),
  /** return: what was wrong with the lead. */
  reason: nullable(Type.Enum(['duplicate', 'spam', 'bad-lead'])),
  /** Access key of who asked. */
  by: nullable(Type.String()),
})
export type DecisionRequest = Static<typeof DecisionRequest>

export const newRequest: DecisionRequest = {
  kind: 'new',
  locationId: null,
  userId: null,
  previousLocationIds: [],
  previousUserIds: [],
  heldSince: null,
  pondGroup: -1,
  reason: null,
  by: null,
}

/** Closed list of what a reader of a decision must not overlook. */
export const decisionFlags = [
  'cap-overridden',
  'soft-cap-exceeded',
  'exclusive-released',
  'closed-now',
  'postal-repaired',
  'radius-widened',
  'test-lead',
] as const
export const DecisionFlag = Type.Enum(decisionFlags)
export type DecisionFlag = Static<typeof DecisionFlag>

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
  userId: nullable(Type.String()),
  /** ISO 8601: held leads are looked at again by then at the latest; leads in the pond go to the next group then. */
  until: nullable(Type.String()),
  /** Position of the pond group that may claim it, and the group's locations. */
  pondGroup: nullable(Type.Integer()),
  offeredTo: Type.Array(Type.String()),
  strategy: Type.String(),
  /** One English sentence for people. */
  why: Type.String(),
  /** True: nobody may be messaged automatically about this lead, least of all the person. */
  silent: Type.Boolean(),
  flags: Type.Array(DecisionFlag),
  /** 0 to 100, with what each rule contributed. */
  score: Type.Number(),
  contributions: Type.Array(Type.Object({ id: Type.String(), points: Type.Number() })),
  /** Business rules that matched, in order, with what they did: `exclude loc-7`. */
  rules: Type.Array(Type.Object({ id: Type.String(), effect: Type.String() })),
  intakeLocationId: Type.String(),
  leadSource: nullable(Type.String()),
  /** Absent where the person's event names none, as those of an older gateway: the text, and so the hash, stays theirs. */
  leadCampaign: Type.Optional(Type.String()),
  place: Place,
  candidates: Type.Array(Candidate),
  users: Type.Array(CandidateUser),
  request: DecisionRequest,
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
