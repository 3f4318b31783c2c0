import Type, { type Static } from 'typebox'

/**
 * What the directory asks of delivery on `subjects.deliveryRequest` (core NATS, one of the queue group `delivery`
 * answers): only delivery holds GHL's tokens and spends GHL's limits, whoever wishes it.
 */
const Tenant = Type.String({ minLength: 1, maxLength: 64 })

export const DeliveryRequest = Type.Union([
  /** The code that GHL gave the browser after the agency agreed. `tenant` null: a new agency. */
  Type.Object({
    kind: Type.Literal('connect'),
    code: Type.String(),
    redirectUri: Type.String(),
    tenant: Type.Union([Tenant, Type.Null()]),
  }),
  Type.Object({ kind: Type.Literal('disconnect'), tenant: Tenant }),
  /** Is the agency connected, and what is left of GHL's limits. */
  Type.Object({ kind: Type.Literal('connection'), tenant: Tenant }),
  /** Reads all sub-accounts of the agency from GHL into `sub_accounts`, where the directory reads them by pages. */
  Type.Object({ kind: Type.Literal('sub-accounts'), tenant: Tenant }),
  /** Sends one harmless message by the channel and tells what came of it. */
  Type.Object({ kind: Type.Literal('test-notice'), tenant: Tenant, channelId: Type.String() }),
  /** Compares with GHL now instead of at the next hour. */
  Type.Object({ kind: Type.Literal('reconcile'), tenant: Tenant }),
  /** Tags these contacts, so that people see there that the person asked to be forgotten. */
  Type.Object({
    kind: Type.Literal('mark-erased'),
    tenant: Tenant,
    contacts: Type.Array(Type.Object({ locationId: Type.String(), contactId: Type.String() })),
  }),
])
export type DeliveryRequest = Static<typeof DeliveryRequest>
export type DeliveryRequestOf<K extends DeliveryRequest['kind']> = Extract<DeliveryRequest, { kind: K }>

const nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()])

export const Connection = Type.Object({
  tenant: Type.String(),
  state: Type.Enum(['connected', 'disconnected', 'never-connected']),
  /** GHL's name of the agency, where it was asked. */
  name: nullable(Type.String()),
  /** ISO 8601. */
  connectedAt: nullable(Type.String()),
  disconnectedAt: nullable(Type.String()),
  /** Stable code of what is wrong, null when nothing is. */
  fault: nullable(Type.String()),
  /** Calls left to the company now and today, null when Redis does not answer. */
  budget: nullable(Type.Object({ per10s: Type.Integer(), today: Type.Integer() })),
})
export type Connection = Static<typeof Connection>

/** Of one comparison with GHL. */
export const ReconcileReport = Type.Object({
  tenant: Type.String(),
  /** Sub-accounts looked through, contacts and opportunities seen there, events that had never come and were taken in now. */
  subAccounts: Type.Integer(),
  seen: Type.Integer(),
  takenIn: Type.Integer(),
  /** Assigned leads that GHL does not have, though we wrote them. */
  missingInGhl: Type.Integer(),
  /** Leads assigned over 15 minutes ago whose delivery has not ended. */
  undelivered: Type.Integer(),
  /** Sub-accounts that could not be read, with the code. */
  failed: Type.Array(Type.Object({ locationId: Type.String(), code: Type.String() })),
})
export type ReconcileReport = Static<typeof ReconcileReport>

/** Why delivery cannot. Closed; the directory answers each as a problem with this code. */
export const deliveryRefusals = [
  /** The agency has not connected, or GHL does not take its tokens any more. */
  'GHL_NOT_CONNECTED',
  'GHL_RECONNECT',
  /** The code of the OAuth page was used before, has expired, or is not for this app. */
  'GHL_CODE_REFUSED',
  /** The code is of another agency than the one that asked. */
  'GHL_OTHER_AGENCY',
  'GHL_RATE_LIMITED',
  'GHL_UNAVAILABLE',
  /** GHL answers, and says no: `message` has its words. */
  'GHL_REFUSED',
  'NO_SUCH_CHANNEL',
  /** The channel did not take the message. */
  'NOT_SENT',
  /** A store does not answer, or the same is under way. */
  'BUSY',
] as const
export type DeliveryRefusal = (typeof deliveryRefusals)[number]

export const DeliveryReply = Type.Union([
  Type.Object({ kind: Type.Literal('connection'), connection: Connection }),
  Type.Object({ kind: Type.Literal('sub-accounts'), known: Type.Integer(), installed: Type.Integer() }),
  Type.Object({ kind: Type.Literal('sent'), detail: Type.String() }),
  Type.Object({ kind: Type.Literal('reconciled'), report: ReconcileReport }),
  /** Contacts tagged, and those that GHL does not have. */
  Type.Object({ kind: Type.Literal('marked'), marked: Type.Integer(), gone: Type.Integer() }),
  /** `message` is for the person who asked and says what to do. */
  Type.Object({ kind: Type.Literal('refused'), code: Type.Enum(deliveryRefusals), message: Type.String() }),
])
export type DeliveryReply = Static<typeof DeliveryReply>
/** What a kind of request is answered with when it is not refused. */
export type DeliveryReplyOf<K extends DeliveryReply['kind']> = Extract<DeliveryReply, { kind: K }>
