import Type, { type Static } from 'typebox'

/**
 * What happened to a lead after it was assigned. Commutative and idempotent: two webhooks that tell one fact, in any
 * order, leave the same state. `open won lost abandoned` are the opportunity's status, the latest `occurredAt` wins.
 */
export const factKinds = [
  /** The person answered. */
  'replied',
  /** A person of the location called or wrote; what a workflow sends is none. */
  'contacted',
  'appointment',
  /** The appointment was called off, deleted, or the person did not come. */
  'cancelled',
  /** The opportunity went to another stage of its pipeline. */
  'moved',
  'open',
  'won',
  'lost',
  'abandoned',
  /** The location tagged the person as not worth pursuing. */
  'unqualified',
] as const
export const FactKind = Type.Enum(factKinds)
export type FactKind = Static<typeof FactKind>

/** Published on `facts.<tenant>.<location>.<fact>`. */
export const LeadFact = Type.Object({
  /** UUID derived from (lead, fact, occurredAt). */
  factId: Type.String(),
  leadId: Type.String(),
  tenant: Type.String(),
  locationId: Type.String(),
  regionId: Type.Union([Type.String(), Type.Null()]),
  fact: FactKind,
  occurredAt: Type.String(),
  /** Opportunity's monetary value in the location's currency. */
  value: Type.Union([Type.Number(), Type.Null()]),
  /** Open milliseconds of the location between the lead's creation and the fact; null or absent where it is no touch. */
  businessMs: Type.Optional(Type.Union([Type.Integer(), Type.Null()])),
  eventId: Type.String(),
  leadCreatedAt: Type.String(),
})
export type LeadFact = Static<typeof LeadFact>
