import { expiryOfKey, tenantPrefix } from '../../decide/capacity/counter-keys.ts'
import type { Postgres } from '../../kernel/postgres.ts'
import { masters, type RedisConnection } from '../../kernel/redis.ts'
import { CountersNotReady } from './capacity.ts'
import { epochKey, fromMember, leasesKey, ledgerKey } from './capacity-keys.ts'
import { foldReservations } from './fold-reservations.ts'
import { placesFromText } from './reserve-batch.ts'

export type Drift = {
  /** Counters compared. */
  keys: number
  /** Counters whose value in Redis is not the fold of the reservations. */
  drifted: number
}

/** The stores are read one after the other: a change in flight differs once, a counter that has drifted differs each time. */
const READS = 3
const CHUNK_KEYS = 500

/** Compares the truth in Postgres, with what is reserved and not yet committed, to the counters. @throws CountersNotReady */
export async function measureDrift(pool: Postgres, redis: RedisConnection, tenant: string): Promise<Drift> {
  if ((await redis.get(epochKey(tenant))) === null) throw new CountersNotReady(tenant)
  const first = await differences(pool, redis, tenant)
  let drifted = first.byKey
  for (let read = 1; read < READS && drifted.size > 0; read += 1) {
    const { byKey } = await differences(pool, redis, tenant)
    drifted = new Map([...drifted].filter(([key, difference]) => byKey.get(key) === difference))
  }
  return { keys: first.keys, drifted: drifted.size }
}

async function differences(
  pool: Postgres,
  redis: RedisConnection,
  tenant: string,
): Promise<{ keys: number; byKey: Map<string, number> }> {
  const nowMs = Date.now()
  const expected = await foldReservations(pool, tenant, nowMs)
  for (const { key, amount } of await uncommittedPlaces(pool, redis, tenant)) {
    expected.set(key, (expected.get(key) ?? 0) + amount)
  }
  const used = await readCounters(redis, tenant, nowMs)
  const keys = new Set([...expected.keys(), ...used.keys()])
  const byKey = new Map<string, number>()
  for (const key of keys) {
    const difference = (used.get(key) ?? 0) - (expected.get(key) ?? 0)
    if (difference !== 0) byKey.set(key, difference)
  }
  return { keys: keys.size, byKey }
}

/** Of ledgers that are RESERVED and whose commit is not in Postgres. */
async function uncommittedPlaces(pool: Postgres, redis: RedisConnection, tenant: string) {
  const members = await redis.zrange(leasesKey(tenant), 0, -1)
  const ledgers = await Promise.all(
    members.map(async (member) => {
      const id = fromMember(tenant, member)
      const [state, places] = await redis.hmget(ledgerKey(id), 'state', 'places')
      return { ...id, state, places: placesFromText(places ?? '') }
    }),
  )
  const reserved = ledgers.filter(({ state }) => state === 'RESERVED')
  const { rows } = await pool.query<{ lead_id: string; attempt: number }>(
    `SELECT lead_id, attempt FROM hexroute.reservations
     WHERE (lead_id, attempt) IN (SELECT * FROM unnest($1::uuid[], $2::smallint[])) AND counter_keys <> '{}'`,
    [reserved.map(({ leadId }) => leadId), reserved.map(({ attempt }) => attempt)],
  )
  const committed = new Set(rows.map(({ lead_id, attempt }) => `${lead_id}:${attempt}`))
  return reserved
    .filter(({ leadId, attempt }) => !committed.has(`${leadId}:${attempt}`))
    .flatMap(({ places }) => places)
}

async function readCounters(redis: RedisConnection, tenant: string, nowMs: number): Promise<Map<string, number>> {
  const used = new Map<string, number>()
  for (const master of masters(redis)) {
    for await (const keys of master.scanStream({ match: `${tenantPrefix(tenant)}:[cd]*:*`, count: CHUNK_KEYS })) {
      const kept = (keys as string[]).filter(
        (key) => (expiryOfKey(key)?.earliestMs ?? Number.POSITIVE_INFINITY) > nowMs,
      )
      const values = kept.length > 0 ? await redis.mget(...kept) : []
      for (const [i, key] of kept.entries()) used.set(key, Number(values[i] ?? 0))
    }
  }
  return used
}
