import type pg from 'pg'
import { CONCURRENT_PATTERN, ENDLESS_PATTERN, expiryOfKey, isRotationKey } from '../../decide/capacity/counter-keys.ts'

/** Older reservations count in keys without a start only: no window, with the time that its counter is kept, is longer. */
const WINDOWS_REACH_DAYS = 110

/**
 * What the counters of a tenant must be: the truth, summed from the reservations by Postgres itself. Counters that are
 * surely forgotten by now are left out.
 */
export async function foldReservations(
  client: Pick<pg.ClientBase, 'query'>,
  tenant: string,
  nowMs: number,
): Promise<Map<string, number>> {
  const { rows } = await client.query<{ key: string; used: string }>(FOLD, [
    tenant,
    new Date(nowMs),
    WINDOWS_REACH_DAYS,
    CONCURRENT_PATTERN,
    ENDLESS_PATTERN,
  ])
  const counters = new Map<string, number>()
  for (const { key, used } of rows) {
    const expiry = expiryOfKey(key)
    const isKept = expiry === null || expiry.earliestMs > nowMs
    if (isKept && (Number(used) !== 0 || isRotationKey(key))) counters.set(key, Number(used))
  }
  return counters
}

/** COMMITTED counts in all its keys, CLOSED in all but the concurrent ones, RELEASED in none. */
const FOLD = `
  SELECT key, sum(amount)::text AS used
  FROM hexroute.reservations, unnest(counter_keys, amounts) AS p(key, amount)
  WHERE tenant = $1 AND state <> 'RELEASED'
    AND (state = 'COMMITTED' OR key !~ $4)
    AND (reserved_at > $2::timestamptz - make_interval(days => $3)
      OR key ~ $5)
  GROUP BY key`
