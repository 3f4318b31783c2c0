import Type, { type Static } from 'typebox'

const nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()])

/** Published on `deliveries.<tenant>.<location>.<state>` when a decision has been written to GHL, or cannot be. */
export const Delivery = Type.Object({
  deliveryId: Type.String(),
  leadId: Type.String(),
  attempt: Type.Integer(),
  tenant: Type.String(),
  locationId: Type.String(),
  regionId: nullable(Type.String()),
  state: Type.Union([Type.Literal('delivered'), Type.Literal('failed')]),
  contactId: nullable(Type.String()),
  opportunityId: nullable(Type.String()),
  /** Stable code of the fault when failed. */
  errorCode: nullable(Type.String()),
  tries: Type.Integer(),
  decidedAt: Type.String(),
  deliveredAt: Type.String(),
  leadCreatedAt: Type.String(),
})
export type Delivery = Static<typeof Delivery>
