import Type, { type Static } from 'typebox'
import { RulesetDocument } from './document.ts'
import { Id, Latitude, Longitude } from './ids.ts'

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

/** A user at one location, as he stood when the ruleset was published. Whether he is active today is asked live. */
export const RulesetUser = Type.Object({
  id: Id,
  locationId: Id,
  name: Type.String(),
  /** Share relative to the other users of the location; 0 receives only by hand. */
  weight: Type.Number(),
  /** Own hours; null: those of the location. */
  calendarId: Type.Union([Id, Type.Null()]),
  /** Services he serves; empty: all of the location. */
  skills: Type.Array(Type.String()),
  /** Languages he speaks; empty: those of the location. */
  languages: Type.Array(Type.String()),
  /** Away from the first to the last local date, both included. */
  leave: Type.Array(Type.Object({ from: Type.String(), to: Type.String() })),
})
export type RulesetUser = Static<typeof RulesetUser>

export const PublishedRuleset = Type.Object({
  /** Hex sha256 of the canonical JSON (RFC 8785) of {document, locations, users}. */
  hash: Type.String(),
  document: RulesetDocument,
  locations: Type.Array(RulesetLocation),
  users: Type.Array(RulesetUser),
})
export type PublishedRuleset = Static<typeof PublishedRuleset>
