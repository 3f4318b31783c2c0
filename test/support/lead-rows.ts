import { randomUUID } from 'node:crypto'
import type pg from 'pg'

export type LeadRow = {
  leadId: string
  leadCreatedAt: string
  eventId: string
  key: string
  attempt: number
  outcome: string
  locationId: string | null
  decidedAt: string
}

/** A lead as the router commits it: its row, its decision, its reservation. */
export async function storeLead(pool: pg.Pool, given: Partial<LeadRow> & { leadCreatedAt: string }): Promise<LeadRow> {
  const row: LeadRow = {
    leadId: randomUUID(),
    eventId: randomUUID(),
    key: `funnel/${randomUUID()}`,
    attempt: 1,
    outcome: 'assigned',
    locationId: 'denver',
    decidedAt: given.leadCreatedAt,
    ...given,
  }
  await pool.query('SELECT hexroute.ensure_partitions($1::timestamptz::date, 1)', [row.leadCreatedAt])
  await pool.query(
    `INSERT INTO hexroute.leads (lead_id, created_at, tenant, event_id, intake_location_id, person, place, attempt, outcome,
       location_id, lead_key) VALUES ($1, $2, 'T', $3, 'funnel', '{"tags": []}', '{}', $4, $5, $6, $7)`,
    [row.leadId, row.leadCreatedAt, row.eventId, row.attempt, row.outcome, row.locationId, row.key],
  )
  await storeDecision(pool, row)
  return row
}

/** One more decision of a lead: the lead's row follows it. */
export async function storeDecision(pool: pg.Pool, row: LeadRow): Promise<void> {
  await pool.query(
    `INSERT INTO hexroute.decisions (decision_id, lead_id, attempt, lead_created_at, tenant, outcome, location_id, why,
       ruleset_hash, decided_at, hash, document) VALUES ($1, $2, $3, $4, 'T', $5, $6, '', 'h', $7, 'h', '{}')`,
    [randomUUID(), row.leadId, row.attempt, row.leadCreatedAt, row.outcome, row.locationId, row.decidedAt],
  )
  await pool.query(
    'UPDATE hexroute.leads SET attempt = $3, outcome = $4, location_id = $5 WHERE lead_id = $1 AND created_at = $2',
    [row.leadId, row.leadCreatedAt, row.attempt, row.outcome, row.locationId],
  )
  if (row.outcome === 'assigned')
    await pool.query(
      `INSERT INTO hexroute.reservations (lead_id, attempt, tenant, location_id, counter_keys, amounts, state, reserved_at)
       VALUES ($1, $2, 'T', $3, ARRAY['hx:{T}:cap:denver:leads:concurrent'], ARRAY[1], 'COMMITTED', $4)`,
      [row.leadId, row.attempt, row.locationId, row.decidedAt],
    )
}
