import Type, { type Static } from 'typebox'

const nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()])

/** Who knows this person: `customer` has won him, `open` works on him, `lost` lost him. */
export const StickyOwner = Type.Object({
  leadId: Type.String(),
  locationId: Type.String(),
  userId: nullable(Type.String()),
  relation: Type.Enum(['customer', 'open', 'lost']),
  /** ISO 8601: the last touch. */
  at: Type.String(),
})
export type StickyOwner = Static<typeof StickyOwner>

/** What the live system looked like to `decide`: with lead, ruleset, now and seed it makes a decision replayable. */
export const Snapshot = Type.Object({
  /**
   * `location` or `location/user` -> counter -> used, as read: `{"loc7": {"day": 12, "value month": 4800}}`. `rotation` is
   * the balance of a fair share, in millionths of a lead.
   */
  counters: Type.Record(Type.String(), Type.Record(Type.String(), Type.Number())),
  /** Locations and users that are not active, among the candidates. */
  statuses: Type.Record(Type.String(), Type.Enum(['paused', 'inactive'])),
  /** `location` or `location/user` -> the counter key that was full when the reservation walked the ranked list. */
  refused: Type.Record(Type.String(), Type.String()),
  sticky: nullable(StickyOwner),
  /** Location -> leads that wait for room there and come first. */
  waiting: Type.Record(Type.String(), Type.Integer()),
  /** What happened to this lead before, oldest first: for its score. */
  engagement: Type.Array(Type.Object({ fact: Type.String(), at: Type.String() })),
})
export type Snapshot = Static<typeof Snapshot>
