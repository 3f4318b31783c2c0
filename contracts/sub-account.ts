import Type, { type Static } from 'typebox'

const nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()])

/** A sub-account that the agency has in GHL, and what it is for here. */
export const SubAccount = Type.Object({
  id: Type.String(),
  name: Type.String(),
  address: nullable(Type.String()),
  city: nullable(Type.String()),
  /** IANA zone. */
  timeZone: nullable(Type.String()),
  /** The app is in it: it can send webhooks and take leads. */
  installed: Type.Boolean(),
  /** `intake`: its leads come in; `location`: it receives leads by the ruleset; `none`: neither. */
  use: Type.Enum(['intake', 'location', 'none']),
})
export type SubAccount = Static<typeof SubAccount>
