import { createHash } from 'node:crypto'
import type { Access, Role } from '../../contracts/access.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { Postgres } from '../../kernel/postgres.ts'

export type AccessKeys = { find: (key: string) => Promise<Access | null> }

/** How long a revoked key may still work. */
const CACHE_MS = 10_000
/** Guesses of keys are remembered too; beyond this many the memory starts anew. */
const CACHE_ENTRIES_MAX = 10_000

type KeyRow = { id: string; tenant: string | null; role: Role; region_ids: string[]; location_ids: string[] }

/** Who a key belongs to; null when it is unknown or revoked. Only the hash of the key leaves the process. */
export function createAccessKeys(postgres: Postgres, clock: Clock): AccessKeys {
  const known = new Map<string, { until: number; access: Promise<Access | null> }>()
  return {
    find: (key) => {
      const hash = createHash('sha256').update(key).digest('hex')
      const entry = known.get(hash)
      if (entry && entry.until > clock()) return entry.access
      if (known.size >= CACHE_ENTRIES_MAX) known.clear()
      const access = readKey(postgres, hash)
      known.set(hash, { until: clock() + CACHE_MS, access })
      access.catch(() => known.delete(hash))
      return access
    },
  }
}

async function readKey(postgres: Postgres, hash: string): Promise<Access | null> {
  const { rows } = await postgres.query<KeyRow>(
    `SELECT id, tenant, role, region_ids, location_ids
       FROM hexroute.access_keys WHERE key_sha256 = $1 AND revoked_at IS NULL`,
    [hash],
  )
  const row = rows[0]
  if (!row) return null
  return { keyId: row.id, tenant: row.tenant, role: row.role, regionIds: row.region_ids, locationIds: row.location_ids }
}
