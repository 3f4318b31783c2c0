import Type, { type Static } from 'typebox'

/** Why a well-signed event is kept but not acted on. Closed. */
export const ParkReason = Type.Enum(['unknown-type', 'unknown-location', 'other-app'])
export type ParkReason = Static<typeof ParkReason>

const nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()])
const text = nullable(Type.String())

/** The person as the platform describes him, whichever of the two webhook kinds it came by. Absent fields are null. */
export const Person = Type.Object({
  firstName: text,
  lastName: text,
  email: text,
  phone: text,
  address: text,
  city: text,
  state: text,
  postalCode: text,
  country: text,
  /** Degrees WGS 84, when the form sent coordinates. */
  latitude: nullable(Type.Number()),
  longitude: nullable(Type.Number()),
  source: text,
  /** Campaign that brought the person, as the ad's link or the form named it. Absent in events of an older gateway. */
  campaign: Type.Optional(text),
  /** Do not disturb: the person asked not to be contacted. Absent in events of an older gateway. */
  dnd: Type.Optional(nullable(Type.Boolean())),
  tags: Type.Array(Type.String()),
  customFields: Type.Record(Type.String(), Type.Unknown()),
})
export type Person = Static<typeof Person>

/** The canonical envelope: what the gateway publishes on `events.<tenant>.<location>.<type>`. */
export const Event = Type.Object({
  /** UUID: the platform's webhookId, or one derived from the body's hash where there is none. */
  eventId: Type.String(),
  /** Agency id; `_` while the sub-account is unknown. */
  tenant: Type.String(),
  /** GHL sub-account id; `_` for agency-level events. */
  locationId: Type.String(),
  /** GHL's event type, or `WorkflowWebhook` for the workflow action. */
  type: Type.String(),
  /** `ghl`, `workflow:<source id>`, or `reconcile`: found in GHL, its webhook never came. */
  origin: Type.String(),
  entityId: text,
  contactId: text,
  /** ISO 8601 UTC with milliseconds: the platform's emission time, else the gateway's clock. */
  occurredAt: Type.String(),
  /** ISO 8601 UTC with milliseconds: the gateway's clock. */
  receivedAt: Type.String(),
  parked: nullable(ParkReason),
  /** True when the event came from a declared intake sub-account or source: only these create leads. */
  intake: Type.Boolean(),
  requestId: Type.String(),
  person: nullable(Person),
  /** The body as it came. */
  payload: Type.Record(Type.String(), Type.Unknown()),
})
export type Event = Static<typeof Event>
