import type { Postgres } from '../../kernel/postgres.ts'

/** Runs `work` unless another router is at the same chore; returns whether it ran. Freed with the connection at a crash. */
export type Turns = (chore: string, work: () => Promise<void>) => Promise<boolean>

export function createTurns(pool: Postgres): Turns {
  return async (chore, work) => {
    const client = await pool.connect()
    let broken: Error | undefined
    try {
      const { rows } = await client.query<{ mine: boolean }>(
        `SELECT pg_try_advisory_lock(hashtextextended('hexroute.chore.' || $1, 0)) AS mine`,
        [chore],
      )
      if (!rows[0]?.mine) return false
      try {
        await work()
      } finally {
        await client
          .query(`SELECT pg_advisory_unlock(hashtextextended('hexroute.chore.' || $1, 0))`, [chore])
          .catch((error: Error) => {
            broken = error
          })
      }
      return true
    } finally {
      client.release(broken)
    }
  }
}
