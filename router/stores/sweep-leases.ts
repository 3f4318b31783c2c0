import type { Place } from '../../decide/capacity/counter.ts'
import type { Postgres } from '../../kernel/postgres.ts'
import type { RedisConnection } from '../../kernel/redis.ts'
import type { Capacity, GiveBack } from './capacity.ts'
import { fromMember, type LedgerId, leasesKey, ledgerKey, memberOf } from './capacity-keys.ts'
import { placesFromText } from './reserve-batch.ts'

export type CapacityStores = { pool: Postgres; redis: RedisConnection; capacity: Capacity }
export type Swept = {
  /** Never committed: their places are free again. */
  released: number
  /** In Postgres already: Redis now says the same. */
  settled: number
}

const BATCH_MAX = 500

type Entry = LedgerId & {
  isReserved: boolean
  candidate: string
  places: readonly Place[]
  reservedAtMs: number
}
type Row = { state: 'COMMITTED' | 'CLOSED' | 'RELEASED'; places: readonly Place[] }

/**
 * Ends leases that have run out: a router died between reservation and commit and the lead never came again.
 * Postgres says first, by a row without places, that the reservation is void; then Redis gives the places back. So a
 * commit that comes late finds the row and fails, and one that came first is found here.
 * @throws CountersNotReady
 */
export async function sweepLeases(stores: CapacityStores, tenant: string, nowMs: number): Promise<Swept> {
  const total: Swept = { released: 0, settled: 0 }
  for (;;) {
    const entries = await lapsed(stores.redis, tenant, nowMs)
    if (entries.length === 0) return total
    const reserved = entries.filter(({ isReserved }) => isReserved)
    await annul(stores.pool, reserved)
    const rows = await readRows(stores.pool, entries)
    const annulled = reserved.filter((entry) => !isCommitted(entry, rows.get(memberOf(entry))))
    await stores.capacity.giveBack(annulled.map((entry) => ({ ...entry, state: 'RELEASED', before: 'RESERVED' })))
    await stores.capacity.committed(reserved.filter((entry) => !annulled.includes(entry)))
    await stores.capacity.giveBack(entries.flatMap((entry) => changeOf(entry, rows.get(memberOf(entry)))))
    await stores.redis.zrem(leasesKey(tenant), ...entries.map(memberOf))
    total.released += annulled.length
    total.settled += entries.length - annulled.length
  }
}

async function lapsed(redis: RedisConnection, tenant: string, nowMs: number): Promise<Entry[]> {
  const members = await redis.zrangebyscore(leasesKey(tenant), '-inf', nowMs, 'LIMIT', 0, BATCH_MAX)
  return Promise.all(
    members.map(async (member) => {
      const id = fromMember(tenant, member)
      const [state, candidate, places, at] = await redis.hmget(
        ledgerKey(id),
        'state',
        'candidate',
        'places',
        'reservedAtMs',
      )
      return {
        ...id,
        isReserved: state === 'RESERVED',
        candidate: candidate ?? '',
        places: placesFromText(places ?? ''),
        reservedAtMs: Number(at ?? 0),
      }
    }),
  )
}

/** A row RELEASED without places voids every reservation of its (lead, attempt) up to that instant. */
async function annul(pool: Postgres, entries: readonly Entry[]): Promise<void> {
  if (entries.length === 0) return
  await pool.query(
    `INSERT INTO hexroute.reservations AS held (lead_id, attempt, tenant, location_id, counter_keys, amounts, state, reserved_at)
     SELECT lead_id, attempt, $1, candidate, '{}', '{}', 'RELEASED', to_timestamp(reserved_at_ms / 1000.0)
     FROM unnest($2::uuid[], $3::smallint[], $4::text[], $5::float[]) AS r(lead_id, attempt, candidate, reserved_at_ms)
     ORDER BY lead_id, attempt
     ON CONFLICT (lead_id, attempt) DO UPDATE
       SET reserved_at = greatest(held.reserved_at, excluded.reserved_at), changed_at = now()
       WHERE held.state = 'RELEASED' AND held.counter_keys = '{}'`,
    [
      entries[0]!.tenant,
      entries.map(({ leadId }) => leadId),
      entries.map(({ attempt }) => attempt),
      entries.map(({ candidate }) => candidate),
      entries.map(({ reservedAtMs }) => reservedAtMs),
    ],
  )
}

async function readRows(pool: Postgres, entries: readonly Entry[]): Promise<Map<string, Row>> {
  const { rows } = await pool.query<{
    lead_id: string
    attempt: number
    state: Row['state']
    counter_keys: string[]
    amounts: string[]
  }>(
    `SELECT lead_id, attempt, state, counter_keys, amounts FROM hexroute.reservations
     WHERE (lead_id, attempt) IN (SELECT * FROM unnest($1::uuid[], $2::smallint[]))`,
    [entries.map(({ leadId }) => leadId), entries.map(({ attempt }) => attempt)],
  )
  return new Map(
    rows.map(({ lead_id, attempt, state, counter_keys, amounts }) => [
      memberOf({ leadId: lead_id, attempt }),
      { state, places: counter_keys.map((key, i) => ({ key, amount: Number(amounts[i]) })) },
    ]),
  )
}

/** Committed with these very places: another reservation's row proves nothing. */
function isCommitted(entry: Entry, row: Row | undefined): boolean {
  return (
    row !== undefined &&
    row.places.length === entry.places.length &&
    (row.places.length > 0 || row.state !== 'RELEASED') &&
    row.places.every(({ key, amount }, i) => entry.places[i]!.key === key && entry.places[i]!.amount === amount)
  )
}

/** What Postgres has given back and Redis may not know. Of a forgotten ledger the cautious half is assumed. */
function changeOf(entry: Entry, row: Row | undefined): GiveBack[] {
  const { tenant, leadId, attempt } = entry
  if (row === undefined || row.state === 'COMMITTED' || row.places.length === 0) return []
  const before = row.state === 'RELEASED' ? 'CLOSED' : 'COMMITTED'
  return [{ tenant, leadId, attempt, places: row.places, state: row.state, before }]
}
