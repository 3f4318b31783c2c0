import { expect } from 'vitest'
import { dayOf, HOLD_MINUTES, type QueueModel, shops, usedOf } from './queue-model.ts'
import type { RoutedAgency } from './routed-agency.ts'

/** A lead as Postgres has it. */
export type Seen = {
  contact: string
  outcome: string
  location: string | null
  attempt: number
  /** How many decisions there are about it. */
  decisions: number
  /** How many places it holds. */
  places: number
  /** null when it is in no queue. */
  waitsFor: string[] | null
  untilMs: number | null
}

export async function observe({ pool }: RoutedAgency): Promise<Seen[]> {
  const { rows } = await pool.query<Seen>(
    `SELECT l.intake_contact_id AS contact, l.outcome, l.location_id AS location, l.attempt::int,
       (SELECT count(*)::int FROM hexroute.decisions d WHERE d.lead_id = l.lead_id) AS decisions,
       (SELECT count(*)::int FROM hexroute.reservations r WHERE r.lead_id = l.lead_id AND r.state = 'COMMITTED') AS places,
       h.waits_for AS "waitsFor", (extract(epoch FROM h.until) * 1000)::bigint AS "untilMs"
     FROM hexroute.leads l LEFT JOIN hexroute.held_leads h USING (lead_id) ORDER BY l.created_at`,
  )
  return rows
}

/** Every lead is in exactly one state, once, and every counter is what the leads have taken. */
export async function expectSame(model: QueueModel, agency: RoutedAgency): Promise<void> {
  const [seen, ofDay, atWork] = await Promise.all([
    observe(agency),
    agency.used(shops.a, `leads:day:${dayOf(model.nowMs)}`),
    agency.used(shops.b, 'leads:concurrent'),
  ])
  const known = model.leads.filter(({ outcome }) => outcome !== 'asked')
  const wanted = known.map(
    ({ contact, outcome, attempt, places, waitsFor, createdMs }): Seen => ({
      ...{ contact, outcome, attempt, decisions: attempt },
      location: outcome === 'assigned' ? shops[places.findLast(({ state }) => state !== 'reserved')!.shop] : null,
      places: places.filter(({ state }) => state === 'committed').length,
      waitsFor: outcome === 'held' ? waitsFor.map((id) => shops[id]) : null,
      untilMs: outcome === 'held' ? createdMs + HOLD_MINUTES * 60_000 : null,
    }),
  )
  expect(seen).toEqual(wanted)
  expect({ ofDay, atWork }).toEqual({ ofDay: usedOf(model, 'a'), atWork: usedOf(model, 'b') })
}
