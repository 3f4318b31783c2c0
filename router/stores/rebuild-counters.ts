import { randomUUID } from 'node:crypto'
import type { Redis } from 'ioredis'
import { isConcurrentKey, tenantPrefix } from '../../decide/capacity/counters.ts'
import type { Logger } from '../../kernel/logger.ts'
import type { Postgres } from '../../kernel/postgres.ts'
import { epochKey, ledgerKey } from './capacity.ts'

type Held = {
  lead_id: string
  attempt: number
  location_id: string
  counter_keys: string[]
  state: 'COMMITTED' | 'CLOSED'
}

/** A window's counters are kept three days after its end; older reservations count in `concurrent` only. */
const FOLD_DAYS = 9
const CHUNK_ROWS = 500

/**
 * Folds the reservations of Postgres into the counters of Redis when Redis has none, or those of another life.
 * The session lock keeps commits (which hold it shared) and other rebuilders out until the new epoch stands in both
 * stores: nothing can be committed on counters that the fold did not see.
 * @returns true when it rebuilt, false when the counters were already good.
 */
export async function rebuildCounters(pool: Postgres, redis: Redis, tenant: string, log: Logger): Promise<boolean> {
  const client = await pool.connect()
  let broken: Error | undefined
  try {
    await client.query(`SELECT pg_advisory_lock(hashtextextended('hexroute.counters.' || $1, 0))`, [tenant])
    const { rows: epochs } = await client.query<{ epoch: string }>(
      'SELECT epoch FROM hexroute.counter_epochs WHERE tenant = $1',
      [tenant],
    )
    const current = await redis.get(epochKey(tenant))
    if (current !== null && current === epochs[0]?.epoch) return false

    const epoch = randomUUID()
    await redis.del(epochKey(tenant))
    await client.query(
      `INSERT INTO hexroute.counter_epochs (tenant, epoch, rebuilt_at) VALUES ($1, $2, now())
       ON CONFLICT (tenant) DO UPDATE SET epoch = excluded.epoch, rebuilt_at = now()`,
      [tenant, epoch],
    )
    await forget(redis, tenant)
    const { rows } = await client.query<Held>(
      `SELECT lead_id, attempt, location_id, counter_keys, state FROM hexroute.reservations
       WHERE tenant = $1 AND (state = 'COMMITTED' OR (state = 'CLOSED' AND reserved_at > now() - make_interval(days => $2)))`,
      [tenant, FOLD_DAYS],
    )
    await write(redis, tenant, rows)
    await redis.set(epochKey(tenant), epoch)
    log.info({ tenant, reservations: rows.length }, 'counters rebuilt')
    return true
  } catch (error) {
    broken = error as Error
    throw error
  } finally {
    // A broken session is closed instead of returned, which frees its lock as well.
    if (!broken)
      await client.query(`SELECT pg_advisory_unlock(hashtextextended('hexroute.counters.' || $1, 0))`, [tenant])
    client.release(broken)
  }
}

async function forget(redis: Redis, tenant: string): Promise<void> {
  for await (const keys of redis.scanStream({ match: `${tenantPrefix(tenant)}:*`, count: CHUNK_ROWS })) {
    if ((keys as string[]).length > 0) await redis.unlink(...(keys as string[]))
  }
}

async function write(redis: Redis, tenant: string, held: readonly Held[]): Promise<void> {
  const counts = new Map<string, number>()
  for (const { counter_keys, state } of held) {
    for (const key of counter_keys) {
      if (state === 'COMMITTED' || !isConcurrentKey(key)) counts.set(key, (counts.get(key) ?? 0) + 1)
    }
  }
  const entries = [...counts]
  for (let at = 0; at < entries.length; at += CHUNK_ROWS) {
    await redis.mset(...entries.slice(at, at + CHUNK_ROWS).flatMap(([key, count]) => [key, String(count)]))
  }
  for (let at = 0; at < held.length; at += CHUNK_ROWS) {
    await Promise.all(
      held.slice(at, at + CHUNK_ROWS).map((row) =>
        redis.hset(ledgerKey({ tenant, leadId: row.lead_id, attempt: row.attempt }), {
          state: row.state,
          location: row.location_id,
          keys: JSON.stringify(row.counter_keys),
          refused: '{}',
        }),
      ),
    )
  }
}
