import Type, { type Static } from 'typebox'

/** Longer than routing and than any delivery in order takes, retries of a GHL that stumbles included. */
export const SETTLED_WITHIN_MS = 15 * 60_000

export const gapKinds = ['undecided', 'unrecorded', 'undelivered'] as const

/** A lead that is not where it should be by now. */
export const Gap = Type.Object({
  kind: Type.Enum([...gapKinds], {
    description:
      'undecided: no router has decided it; unrecorded: it is a lead in Postgres, its decision never came to ClickHouse; undelivered: assigned, and neither written to GHL nor given up',
  }),
  tenant: Type.String(),
  hour: Type.String({ description: 'ISO 8601 UTC, start of the hour that it counts to' }),
  since: Type.String({ description: 'ISO 8601 UTC: first enquiry, or decision' }),
  locationId: Type.String({ description: 'the intake sub-account; of an undelivered lead the assigned one' }),
  eventId: Type.String(),
  contactId: Type.Union([Type.String(), Type.Null()]),
  leadId: Type.Union([Type.String(), Type.Null()], { description: 'null while it is no lead yet' }),
})
export type Gap = Static<typeof Gap>

/** Where the leads of one hour are: the outcomes and `inFlight` add up to `received`. */
export const UnaccountedHour = Type.Object({
  tenant: Type.String(),
  /** ISO 8601 UTC, start of the hour of the first enquiry. */
  hour: Type.String(),
  /** Contacts of intake sub-accounts that asked for the first time. */
  received: Type.Integer(),
  assigned: Type.Integer(),
  held: Type.Integer(),
  pond: Type.Integer(),
  hq: Type.Integer(),
  rejected: Type.Integer(),
  /** Not decided yet: unaccounted for once it is older than routing may take. */
  inFlight: Type.Integer(),
  /** Of `received`: their webhook never came, reconcile found them in GHL. */
  reconciled: Type.Integer(),
  /** Of `assigned`: decided over 15 minutes ago, and neither delivered nor given up. */
  undelivered: Type.Integer(),
  /** Leads that are unaccounted for. */
  gapCount: Type.Integer(),
  /** The oldest 100 of them; all are in /v1/unaccounted/gaps. */
  gaps: Type.Array(Gap),
})
export type UnaccountedHour = Static<typeof UnaccountedHour>
/** As ClickHouse counts them, before the gaps are known. */
export type HourCounts = Omit<UnaccountedHour, 'gapCount' | 'gaps'>

/** What comparing with GHL says, as of its last run. */
export const Compared = Type.Object({
  /** ISO 8601 UTC: what is older was compared in every sub-account; null while none is. */
  until: Type.Union([Type.String(), Type.Null()]),
  /** Leads that were delivered and that GHL does not have any more. */
  missingInGhl: Type.Integer(),
  /** Sub-accounts that could not be compared. */
  failing: Type.Integer(),
})
export type Compared = Static<typeof Compared>
