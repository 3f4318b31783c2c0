import { iso } from '../../../kernel/clock.ts'
import type { Postgres } from '../../../kernel/postgres.ts'
import type { Trouble } from '../steps/trouble.ts'

/** Older changes are no news. */
const NEWS_HOURS = 24

/** These are states in Postgres, not messages: looked at again and again, each is told once by its time. */
export async function readTroubles(pool: Postgres, nowMs: number): Promise<Trouble[]> {
  const { rows } = await pool.query<Omit<Trouble, 'at'> & { at: Date }>(TROUBLES, [new Date(nowMs), NEWS_HOURS])
  return rows.map((row) => ({ ...row, at: iso(row.at.getTime()) }))
}

const TROUBLES = `
  SELECT o.tenant, 'location.out' AS event, o.location_id AS "locationId", l.region_id AS "regionId", o.since AS at, o.code
  FROM hexroute.location_outages o JOIN hexroute.locations l ON l.id = o.location_id
  WHERE o.since > $1::timestamptz - make_interval(hours => $2)
  UNION ALL
  SELECT o.tenant, 'location.back', o.location_id, l.region_id, o.ended_at, NULL
  FROM hexroute.location_outages o JOIN hexroute.locations l ON l.id = o.location_id
  WHERE o.ended_at > $1::timestamptz - make_interval(hours => $2)
  UNION ALL
  SELECT tenant, 'agency.disconnected', NULL, NULL, disconnected_at, coalesce(fault, 'DISCONNECTED')
  FROM hexroute.ghl_companies
  WHERE disconnected_at > $1::timestamptz - make_interval(hours => $2)
    AND disconnected_at > coalesce(connected_at, '-infinity')`
