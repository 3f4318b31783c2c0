import { randomBytes } from 'node:crypto'
import type { Postgres } from '../../kernel/postgres.ts'
import { sha256 } from './key-store.ts'

/** Who sent a browser to GHL. `tenant` null: the operator, for an agency that may be new. */
export type Asker = { tenant: string | null; keyId: string }

export type ConnectStates = {
  /** A random text that stands for the asker, good once and for `lifeS` seconds. */
  begin: (asker: Asker) => Promise<string>
  /** Null when it was never given, was taken before, or is too old. */
  take: (state: string) => Promise<Asker | null>
}

export const connectStateLifeS = 900

export const createConnectStates = (pool: Postgres): ConnectStates => ({
  begin: async ({ tenant, keyId }) => {
    const state = randomBytes(32).toString('base64url')
    await pool.query('DELETE FROM hexroute.connect_states WHERE expires_at < now()')
    await pool.query(
      `INSERT INTO hexroute.connect_states (state_sha256, tenant, key_id, expires_at)
       VALUES ($1, $2, $3, now() + make_interval(secs => $4))`,
      [sha256(state), tenant, keyId, connectStateLifeS],
    )
    return state
  },
  take: async (state) => {
    const { rows } = await pool.query<Asker & { isLive: boolean }>(
      `DELETE FROM hexroute.connect_states WHERE state_sha256 = $1
       RETURNING tenant, key_id AS "keyId", expires_at > now() AS "isLive"`,
      [sha256(state)],
    )
    const [row] = rows
    return row?.isLive ? { tenant: row.tenant, keyId: row.keyId } : null
  },
})
