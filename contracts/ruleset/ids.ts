import Type from 'typebox'

/** GHL's ids and our own: one URL-safe token. */
export const Id = Type.String({ minLength: 1, maxLength: 64, pattern: '^[A-Za-z0-9_-]+$' })
export const Latitude = Type.Number({ minimum: -90, maximum: 90 })
export const Longitude = Type.Number({ minimum: -180, maximum: 180 })
/** Nothing may stand in the document that is not read: a misspelt setting is a fault, not a silence. */
export const closed = { additionalProperties: false }
