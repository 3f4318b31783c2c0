import { createHash, randomBytes, randomUUID } from 'node:crypto'
import type { Access, Role } from '../../contracts/access.ts'
import type { Postgres } from '../../kernel/postgres.ts'

export type NewKey = { tenant: string | null; role: Role; name: string; regionIds: string[]; locationIds: string[] }

export type KeyStore = {
  find: (key: string) => Promise<Access | null>
  /** Returns the key's text: the only time it is known. */
  create: (key: NewKey) => Promise<{ id: string; key: string }>
  /** Makes the operator's first key valid; does nothing when it is. */
  ensureAdmin: (key: string) => Promise<void>
  /** A key of another tenant is not found; null revokes any. */
  revoke: (id: string, tenant: string | null) => Promise<boolean>
}

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

export function createKeyStore(pool: Postgres): KeyStore {
  const insert = (id: string, text: string, key: NewKey): Promise<unknown> =>
    pool.query(
      `INSERT INTO hexroute.access_keys (id, tenant, role, name, key_sha256, region_ids, location_ids)
       VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (key_sha256) DO NOTHING`,
      [id, key.tenant, key.role, key.name, sha256(text), key.regionIds, key.locationIds],
    )
  return {
    find: async (key) => {
      const { rows } = await pool.query<Access>(
        `SELECT id AS "keyId", tenant, role, region_ids AS "regionIds", location_ids AS "locationIds"
         FROM hexroute.access_keys WHERE key_sha256 = $1 AND revoked_at IS NULL`,
        [sha256(key)],
      )
      return rows[0] ?? null
    },
    create: async (key) => {
      const id = randomUUID()
      const text = `hx_${key.role}_${randomBytes(24).toString('base64url')}`
      await insert(id, text, key)
      return { id, key: text }
    },
    ensureAdmin: async (key) => {
      await insert(randomUUID(), key, { tenant: null, role: 'admin', name: 'operator', regionIds: [], locationIds: [] })
    },
    revoke: async (id, tenant) => {
      const { rowCount } = await pool.query(
        `UPDATE hexroute.access_keys SET revoked_at = now()
         WHERE id = $1 AND ($2::text IS NULL OR tenant = $2) AND revoked_at IS NULL`,
        [id, tenant],
      )
      return rowCount === 1
    },
  }
}
