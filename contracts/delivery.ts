import Type, { type Static } from 'typebox'

const nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()])

/**
 * How a delivery ended. `parked`: the sub-account is out (inactive, app gone), no opportunity was made there, and the lead is
 * decided again without it; `withdrawn`: the lead was given to another before it was written.
 */
export const deliveryStates = ['delivered', 'failed', 'parked', 'withdrawn'] as const
export const DeliveryState = Type.Enum(deliveryStates)
export type DeliveryState = Static<typeof DeliveryState>

/** Published on `deliveries.<tenant>.<location>.<state>` when a decision has been written to GHL, or cannot be. */
export const Delivery = Type.Object({
  deliveryId: Type.String(),
  leadId: Type.String(),
  attempt: Type.Integer(),
  tenant: Type.String(),
  locationId: Type.String(),
  regionId: nullable(Type.String()),
  state: DeliveryState,
  contactId: nullable(Type.String()),
  opportunityId: nullable(Type.String()),
  /** Stable code of the fault when failed or parked. */
  errorCode: nullable(Type.String()),
  tries: Type.Integer(),
  decidedAt: Type.String(),
  deliveredAt: Type.String(),
  leadCreatedAt: Type.String(),
})
export type Delivery = Static<typeof Delivery>
