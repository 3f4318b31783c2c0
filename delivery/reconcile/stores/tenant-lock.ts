import type { Postgres } from '../../../kernel/postgres.ts'

/** Runs `work` unless another process does the same for this tenant now; then null. */
export type WithTenantLock = <T>(tenant: string, work: () => Promise<T>) => Promise<T | null>

/**
 * A lock of the session, which Postgres lets go of when the process dies. Losing the connection in between lets a second
 * runner in: that doubles calls, and nothing else, because what is taken in has an id of the fact.
 */
export const createTenantLock =
  (pool: Postgres): WithTenantLock =>
  async (tenant, work) => {
    const client = await pool.connect()
    const name = [`hexroute.reconcile.${tenant}`]
    let isBroken = false
    try {
      const { rows } = await client.query<{ held: boolean }>(
        'SELECT pg_try_advisory_lock(hashtextextended($1, 0)) AS held',
        name,
      )
      if (!rows[0]!.held) return null
      try {
        return await work()
      } finally {
        await client.query('SELECT pg_advisory_unlock(hashtextextended($1, 0))', name).catch(() => {
          isBroken = true
        })
      }
    } finally {
      client.release(isBroken)
    }
  }
