import Type, { type Static } from 'typebox'

/** What people are told of. Closed; each is one sentence with a link, never more personal data than the reader needs. */
export const noticeEvents = [
  /** A lead is theirs. */
  'lead.assigned',
  /** A lead that they had went to another, as the promise was missed or the location was out. */
  'lead.taken-away',
  /** A lead can be claimed. */
  'lead.offered',
  /** A lead reached nobody: HQ has it. */
  'lead.unrouted',
  /** A lead could not be written to GHL and is in the dead letters. */
  'lead.failed',
  /** GHL calls a sub-account inactive, or the app is gone from it. */
  'location.out',
  'location.back',
  /** The agency has to connect again. */
  'agency.disconnected',
] as const
export const NoticeEvent = Type.Enum(noticeEvents)
export type NoticeEvent = Static<typeof NoticeEvent>

/**
 * `assigned-user`: whoever has the lead, at the e-mail address that GHL has for that user. `ghl-message`: the same person, by
 * an internal comment on the contact in GHL that mentions him.
 */
export const channelKinds = ['email', 'slack', 'webhook', 'assigned-user', 'ghl-message'] as const
export const ChannelKind = Type.Enum(channelKinds)
export type ChannelKind = Static<typeof ChannelKind>

export const channelScopes = ['agency', 'region', 'location', 'user'] as const
export type ChannelScope = (typeof channelScopes)[number]

const Id = Type.String({ minLength: 1, maxLength: 64, pattern: '^[A-Za-z0-9_-]+$' })
const LocalTime = Type.String({ pattern: '^([01]\\d|2[0-3]):[0-5]\\d$' })
const nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()])

/** Where, when and of what somebody is told. */
export const NoticeChannel = Type.Object(
  {
    id: Id,
    tenant: Id,
    /** Whose leads: all of the agency, of a region, of a location, or those assigned to one user. */
    scope: Type.Enum(channelScopes),
    scopeId: Id,
    kind: ChannelKind,
    /** email: an address; slack, webhook: an https URL; the others: null. */
    target: nullable(Type.String({ minLength: 1, maxLength: 2_000 })),
    events: Type.Array(NoticeEvent, { minItems: 1, maxItems: noticeEvents.length }),
    /** One message for all that came in so many minutes; null: each at once. */
    digestMinutes: nullable(Type.Integer({ minimum: 1, maximum: 1_440 })),
    /** Local times of `timeZone` between which nothing is sent: it waits for the end. May pass midnight. */
    quietHours: nullable(Type.Object({ from: LocalTime, to: LocalTime }, { additionalProperties: false })),
    /** IANA zone of the quiet hours. */
    timeZone: Type.String({ minLength: 1, maxLength: 64 }),
    enabled: Type.Boolean(),
  },
  { additionalProperties: false },
)
export type NoticeChannel = Static<typeof NoticeChannel>
