import { createHash } from 'node:crypto'
import { Kvm } from '@nats-io/kv'
import { connect } from '@nats-io/transport-node'
import { type KnownLocation, type KnownSource, knownBucket, knownKey } from '../../contracts/known.ts'

export type Known = {
  locations?: Record<string, KnownLocation | null>
  sources?: Record<string, (Omit<KnownSource, 'secretSha256'> & { secret: string }) | null>
}

/** Writes what the directory would write for the gateway; null removes an entry. */
export async function makeKnown(natsUrl: string, { locations = {}, sources = {} }: Known): Promise<void> {
  const connection = await connect({ servers: natsUrl })
  try {
    const bucket = await new Kvm(connection).create(knownBucket)
    const put = (key: string, value: unknown) =>
      value === null ? bucket.delete(key) : bucket.put(key, JSON.stringify(value))
    for (const [id, location] of Object.entries(locations)) await put(knownKey.location(id), location)
    for (const [id, source] of Object.entries(sources)) await put(knownKey.source(id), source && hashed(source))
  } finally {
    await connection.close()
  }
}

function hashed({ secret, ...source }: Omit<KnownSource, 'secretSha256'> & { secret: string }): KnownSource {
  return { ...source, secretSha256: createHash('sha256').update(secret).digest('hex') }
}
