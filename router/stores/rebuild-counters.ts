import { randomUUID } from 'node:crypto'
import type pg from 'pg'
import { expiryOfKey, placeName, tenantPrefix } from '../../decide/capacity/counter-keys.ts'
import type { Logger } from '../../kernel/logger.ts'
import type { Postgres } from '../../kernel/postgres.ts'
import { masters, type RedisConnection } from '../../kernel/redis.ts'
import { COMMITTED_KEPT_MS, GIVEN_BACK_KEPT_MS } from './capacity.ts'
import { epochKey, ledgerKey } from './capacity-keys.ts'
import { foldReservations } from './fold-reservations.ts'
import { placesText } from './reserve-batch.ts'

const CHUNK_ROWS = 500

/**
 * Folds the reservations of Postgres into the counters of Redis when Redis has none, or those of another life.
 * The session lock keeps commits (which hold it shared) and other rebuilders out until the new epoch stands in both
 * stores: nothing can be committed on counters that the fold did not see.
 * @param isForced an operator wants a new life of the counters, also of good ones.
 * @returns true when it rebuilt, false when the counters were already good.
 */
export async function rebuildCounters(
  pool: Postgres,
  redis: RedisConnection,
  tenant: string,
  log: Logger,
  { isForced = false } = {},
): Promise<boolean> {
  const client = await pool.connect()
  let broken: Error | undefined
  try {
    await client.query(`SELECT pg_advisory_lock(hashtextextended('hexroute.counters.' || $1, 0))`, [tenant])
    const { rows: epochs } = await client.query<{ epoch: string }>(
      'SELECT epoch FROM hexroute.counter_epochs WHERE tenant = $1',
      [tenant],
    )
    const current = await redis.get(epochKey(tenant))
    if (!isForced && current !== null && current === epochs[0]?.epoch) return false

    const epoch = randomUUID()
    await redis.del(epochKey(tenant))
    await client.query(
      `INSERT INTO hexroute.counter_epochs (tenant, epoch, rebuilt_at) VALUES ($1, $2, now())
       ON CONFLICT (tenant) DO UPDATE SET epoch = excluded.epoch, rebuilt_at = now()`,
      [tenant, epoch],
    )
    await forget(redis, tenant)
    // One snapshot for both: a change that the fold has not seen must not stand in a ledger either.
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
    const counters = await foldReservations(client, tenant, Date.now())
    await writeCounters(redis, counters)
    await writeLedgers(redis, client, tenant)
    await client.query('COMMIT')
    await redis.set(epochKey(tenant), epoch)
    log.info({ tenant, counters: counters.size }, 'counters rebuilt')
    return true
  } catch (error) {
    broken = error as Error
    throw error
  } finally {
    // A broken session is closed instead of returned, which frees its lock as well.
    if (!broken) broken = await unlock(client, tenant)
    client.release(broken)
  }
}

async function unlock(client: pg.ClientBase, tenant: string): Promise<Error | undefined> {
  const unlocked = client.query(`SELECT pg_advisory_unlock(hashtextextended('hexroute.counters.' || $1, 0))`, [tenant])
  return unlocked.then(
    () => undefined,
    (error: Error) => error,
  )
}

async function forget(redis: RedisConnection, tenant: string): Promise<void> {
  for (const master of masters(redis)) {
    for await (const keys of master.scanStream({ match: `${tenantPrefix(tenant)}:*`, count: CHUNK_ROWS })) {
      if ((keys as string[]).length > 0) await redis.unlink(...(keys as string[]))
    }
  }
}

async function writeCounters(redis: RedisConnection, counters: ReadonlyMap<string, number>): Promise<void> {
  const entries = [...counters]
  for (let at = 0; at < entries.length; at += CHUNK_ROWS) {
    await Promise.all(
      entries.slice(at, at + CHUNK_ROWS).map(([key, used]) => {
        const expiry = expiryOfKey(key)
        return expiry ? redis.set(key, used, 'PXAT', Math.ceil(expiry.latestMs)) : redis.set(key, used)
      }),
    )
  }
}

type Row = {
  lead_id: string
  attempt: number
  location_id: string
  user_id: string | null
  state: 'COMMITTED' | 'CLOSED' | 'RELEASED'
  counter_keys: string[]
  amounts: string[]
}

/**
 * Ledgers of what may still be asked for again: commits that another delivery might repeat, changes that might be
 * repeated. An older committed reservation needs none, its places are in Postgres.
 */
async function writeLedgers(redis: RedisConnection, client: pg.ClientBase, tenant: string): Promise<void> {
  await client.query(DECLARE_RECENT, [tenant, COMMITTED_KEPT_MS / 1000, GIVEN_BACK_KEPT_MS / 1000])
  for (;;) {
    const { rows } = await client.query<Row>(`FETCH ${CHUNK_ROWS} FROM recent`)
    if (rows.length === 0) return
    await Promise.all(rows.map((row) => writeLedger(redis, tenant, row)))
  }
}

async function writeLedger(redis: RedisConnection, tenant: string, row: Row): Promise<void> {
  const key = ledgerKey({ tenant, leadId: row.lead_id, attempt: row.attempt })
  const places = row.counter_keys.map((counter, i) => ({ key: counter, amount: Number(row.amounts[i]) }))
  await redis.hset(key, {
    state: row.state,
    candidate: placeName(row.location_id, row.user_id),
    places: placesText(places),
    refused: '',
  })
  await redis.pexpire(key, row.state === 'COMMITTED' ? COMMITTED_KEPT_MS : GIVEN_BACK_KEPT_MS)
}

const DECLARE_RECENT = `
  DECLARE recent NO SCROLL CURSOR FOR
  SELECT lead_id, attempt, location_id, user_id, state, counter_keys, amounts FROM hexroute.reservations
  WHERE tenant = $1 AND counter_keys <> '{}'
    AND changed_at > now() - make_interval(secs => CASE state WHEN 'COMMITTED' THEN $2::float ELSE $3::float END)`
