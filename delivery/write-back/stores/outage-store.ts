import type { Postgres } from '../../../kernel/postgres.ts'

export type OpenOutage = { locationId: string; tenant: string; since: Date }

export type OutageStore = {
  /**
   * The one that was not looked at for longest, and for `everyMs` at least; no other process gets it meanwhile. One that
   * ended within the hour and is open again waits twice as long for each time, up to 32 times: a sub-account that GHL lets
   * be read and not be written to would be told out and back every minute.
   */
  take: (everyMs: number) => Promise<OpenOutage | null>
  end: (outage: OpenOutage) => Promise<void>
  openCount: () => Promise<number>
}

/** Sub-accounts that cannot be written to at present. Write-back opens the rows, whoever finds them well ends them. */
export function createOutageStore(pool: Postgres): OutageStore {
  return {
    take: async (everyMs) => {
      const { rows } = await pool.query<OpenOutage>(
        `UPDATE hexroute.location_outages SET checked_at = now()
          WHERE (location_id, since) = (
            SELECT location_id, since FROM hexroute.location_outages o
             WHERE ended_at IS NULL AND checked_at <= now() - $1 * interval '1 ms' * power(2, least(5,
               (SELECT count(*) FROM hexroute.location_outages e
                 WHERE e.location_id = o.location_id AND e.ended_at > now() - interval '1 hour')))
             ORDER BY checked_at LIMIT 1 FOR UPDATE SKIP LOCKED)
          RETURNING location_id AS "locationId", tenant, since`,
        [everyMs],
      )
      return rows[0] ?? null
    },
    // By location, as it has one open row at most: a Date would round the start to milliseconds.
    end: async ({ locationId }) => {
      await pool.query(
        'UPDATE hexroute.location_outages SET ended_at = now() WHERE location_id = $1 AND ended_at IS NULL',
        [locationId],
      )
    },
    openCount: async () => {
      const { rows } = await pool.query<{ count: number }>(
        'SELECT count(*) AS count FROM hexroute.location_outages WHERE ended_at IS NULL',
      )
      return rows[0]!.count
    },
  }
}
