import Type, { type Static } from 'typebox'

/**
 * What the gateway must know of the organisation, in the JetStream key-value bucket `known`. The directory writes it
 * from Postgres, the gateway watches it: so the gateway's one dependency is NATS.
 * Keys: `location.<GHL location id>`, `source.<source id>`.
 */
export const knownBucket = 'known'

export const KnownLocation = Type.Object({ tenant: Type.String(), intake: Type.Boolean() })
export type KnownLocation = Static<typeof KnownLocation>

export const KnownSource = Type.Object({
  tenant: Type.String(),
  /** Hex sha256 of the secret: the secret itself is shown once, when the source is created. */
  secretSha256: Type.String(),
  /** The intake sub-account whose workflow posts here. */
  locationId: Type.String(),
})
export type KnownSource = Static<typeof KnownSource>

export const knownKey = {
  location: (locationId: string) => `location.${locationId.replace(/[^A-Za-z0-9_-]/g, '_')}`,
  source: (sourceId: string) => `source.${sourceId.replace(/[^A-Za-z0-9_-]/g, '_')}`,
}
