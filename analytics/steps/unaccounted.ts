import Type, { type Static } from 'typebox'

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
  /** Not decided yet: unaccounted for once the hour is older than routing may take. */
  inFlight: Type.Integer(),
  /** Of `received`: their webhook never came, reconcile found them in GHL. */
  reconciled: Type.Integer(),
  /** Of `assigned`: decided over 15 minutes ago, and neither delivered nor given up. */
  undelivered: Type.Integer(),
})
export type UnaccountedHour = Static<typeof UnaccountedHour>

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
