import { type KV, Kvm } from '@nats-io/kv'
import { type KnownLocation, type KnownSource, knownBucket, knownKey } from '../../contracts/known.ts'
import type { Nats } from '../../kernel/nats.ts'
import type { Postgres } from '../../kernel/postgres.ts'

export type KnownPublisher = {
  /** Makes the key-value bucket equal to Postgres: writes what differs, deletes what is gone. @returns changes made. */
  sync: () => Promise<number>
}

/** Tells the gateway which sub-accounts and sources exist. Comparing before writing keeps a quiet system quiet. */
export async function createKnownPublisher(pool: Postgres, nats: Nats): Promise<KnownPublisher> {
  const bucket = await new Kvm(nats.jetstream).create(knownBucket, { history: 1 })
  return {
    sync: async () => {
      const [wanted, present] = await Promise.all([readWanted(pool), readPresent(bucket)])
      let changes = 0
      for (const [key, value] of wanted) {
        if (present.get(key) === value) continue
        await bucket.put(key, value)
        changes += 1
      }
      for (const key of present.keys()) {
        if (wanted.has(key)) continue
        await bucket.delete(key)
        changes += 1
      }
      return changes
    },
  }
}

/** A sub-account that was declared by one agency and is another's, as GHL says, is nobody's until that is put right. */
async function readWanted(pool: Postgres): Promise<Map<string, string>> {
  const locations = await pool.query<{ id: string; tenant: string; intake: boolean }>(
    `SELECT id, tenant, kind = 'intake' AND status <> 'inactive' AS intake FROM hexroute.locations l
      WHERE NOT EXISTS (SELECT 1 FROM hexroute.sub_accounts s WHERE s.id = l.id AND s.tenant <> l.tenant)`,
  )
  const sources = await pool.query<{ id: string; tenant: string; secretSha256: string; locationId: string }>(
    'SELECT id, tenant, secret_sha256 AS "secretSha256", location_id AS "locationId" FROM hexroute.sources',
  )
  return new Map([
    ...locations.rows.map(
      ({ id, ...location }) => [knownKey.location(id), JSON.stringify(location satisfies KnownLocation)] as const,
    ),
    ...sources.rows.map(
      ({ id, ...source }) => [knownKey.source(id), JSON.stringify(source satisfies KnownSource)] as const,
    ),
  ])
}

async function readPresent(bucket: KV): Promise<Map<string, string>> {
  const present = new Map<string, string>()
  const keys: string[] = []
  for await (const key of await bucket.keys()) keys.push(key)
  for (const key of keys) {
    const entry = await bucket.get(key)
    if (entry && entry.operation === 'PUT') present.set(key, entry.string())
  }
  return present
}
