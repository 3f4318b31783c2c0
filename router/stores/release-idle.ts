import type { CapacityStores } from './sweep-leases.ts'

const BATCH_ROWS = 500
const BATCHES_MAX = 20
/** Longer than the update that follows may take. */
const WATCH_AFTER_MS = 60_000

type Row = { lead_id: string; attempt: number }

/**
 * Closes reservations of leads with which nothing has happened for so many days: they count in no concurrent cap any more.
 * In bounded batches; what is left is for the next call. @returns how many. @throws CountersNotReady
 */
export async function releaseIdle(
  { pool, capacity }: CapacityStores,
  tenant: string,
  concurrentDays: number,
  nowMs: number,
): Promise<number> {
  let released = 0
  for (let batch = 0; batch < BATCHES_MAX; batch += 1) {
    const { rows: idle } = await pool.query<Row>(IDLE, [tenant, new Date(nowMs), concurrentDays, BATCH_ROWS])
    if (idle.length === 0) break
    // Nobody repeats this after a crash, as a redelivered fact would: the sweep finishes what is watched.
    await capacity.watch(
      idle.map((row) => ({ ...toEntry(tenant, row), before: 'COMMITTED' })),
      nowMs + WATCH_AFTER_MS,
    )
    const { rows: closed } = await pool.query<Row & { counter_keys: string[]; amounts: string[] }>(CLOSE, [
      idle.map(({ lead_id }) => lead_id),
      idle.map(({ attempt }) => attempt),
    ])
    await capacity.giveBack(
      closed.map((row) => ({
        ...toEntry(tenant, row),
        places: row.counter_keys.map((key, i) => ({ key, amount: Number(row.amounts[i]) })),
        state: 'CLOSED',
        before: 'COMMITTED',
      })),
    )
    released += closed.length
    if (idle.length < BATCH_ROWS) break
  }
  return released
}

const toEntry = (tenant: string, { lead_id, attempt }: Row) => ({ tenant, leadId: lead_id, attempt })

const IDLE = `
  SELECT r.lead_id, r.attempt FROM hexroute.reservations r
  JOIN hexroute.leads l ON l.lead_id = r.lead_id
  WHERE r.tenant = $1 AND r.state = 'COMMITTED' AND r.reserved_at < $2::timestamptz - make_interval(days => $3)
    AND (l.touched_at IS NULL OR l.touched_at < $2::timestamptz - make_interval(days => $3))
  ORDER BY r.reserved_at LIMIT $4`

const CLOSE = `
  UPDATE hexroute.reservations SET state = 'CLOSED', changed_at = now()
  WHERE state = 'COMMITTED' AND (lead_id, attempt) IN (SELECT * FROM unnest($1::uuid[], $2::smallint[]))
  RETURNING lead_id, attempt, counter_keys, amounts`
