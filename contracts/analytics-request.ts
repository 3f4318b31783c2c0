import Type, { type Static } from 'typebox'

/**
 * What the directory asks of analytics on `subjects.analyticsRequest` (core NATS, one of the queue group `analytics`
 * answers): only analytics writes to ClickHouse, whoever wishes it.
 */
export const AnalyticsRequest = Type.Object({
  /** One person's traces go from the rows; the rows, and what is counted of them, stay. */
  kind: Type.Literal('erase'),
  tenant: Type.String(),
  /** Rows of these ids must be there before anything is erased: what comes later would bring the person back. */
  expected: Type.Object({
    events: Type.Array(Type.String()),
    decisions: Type.Array(Type.String()),
    deliveries: Type.Array(Type.String()),
  }),
  leadIds: Type.Array(Type.String()),
  /** Of these leads the exact point was known: distances to three locations would give it again. */
  exactLeadIds: Type.Array(Type.String()),
  /** Contacts in GHL, each with what stands in its place from now on. */
  contacts: Type.Array(Type.Object({ locationId: Type.String(), contactId: Type.String(), pseudonym: Type.String() })),
  /** Name, e-mail, phone, address as they were written: a text that holds one of them goes. */
  texts: Type.Array(Type.String()),
})
export type AnalyticsRequest = Static<typeof AnalyticsRequest>

export const AnalyticsReply = Type.Union([
  Type.Object({ kind: Type.Literal('erased'), events: Type.Integer() }),
  /** `NOT_YET`: the sink has not written all of these rows. `BUSY`: a store does not answer. */
  Type.Object({
    kind: Type.Literal('refused'),
    code: Type.Enum(['NOT_YET', 'BUSY']),
    message: Type.String(),
  }),
])
export type AnalyticsReply = Static<typeof AnalyticsReply>
