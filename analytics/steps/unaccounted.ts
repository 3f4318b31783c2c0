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
})
export type UnaccountedHour = Static<typeof UnaccountedHour>
