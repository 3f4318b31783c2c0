import { randomUUID } from 'node:crypto'
import type pg from 'pg'
import { type Decision, newRequest } from '../../contracts/decision.ts'
import type { Person } from '../../contracts/event.ts'

export const tenant = 'agency1'

let people = 0

/** A person of his own unless given otherwise. */
function somebody(person: Partial<Person>): Person {
  people += 1
  const location = { address: null, city: null, state: null, postalCode: null, country: null }
  return {
    ...location,
    firstName: 'Ada',
    lastName: `Byron ${people}`,
    email: `ada${people}@example.com`,
    phone: `+1617555${String(1000 + people)}`,
    latitude: null,
    longitude: null,
    source: null,
    tags: [],
    customFields: {},
    ...person,
  }
}

/** The lead of an assignment, as the router stores it. */
export async function storeLead(pool: pg.Pool, decision: Decision, person: Partial<Person>): Promise<Decision> {
  await pool.query(
    `INSERT INTO hexroute.leads (lead_id, created_at, tenant, event_id, intake_location_id, person, place, attempt, outcome,
                                 location_id)
     VALUES ($1, $2, $3, $4, 'intake1', $5, $6, 1, 'assigned', $7)`,
    [
      decision.leadId,
      decision.leadCreatedAt,
      tenant,
      decision.eventId,
      JSON.stringify(somebody(person)),
      JSON.stringify(decision.place),
      decision.locationId,
    ],
  )
  return decision
}

export function decisionFor(locationId: string | null): Decision {
  const now = new Date().toISOString()
  const place = { postalCode: '02134', country: 'US', repaired: false, latitude: 42.35, longitude: -71.13 }
  return {
    decisionId: randomUUID(),
    leadId: randomUUID(),
    attempt: 1,
    tenant,
    eventId: randomUUID(),
    outcome: 'assigned',
    tier: 'shared',
    fallback: null,
    locationId,
    regionId: 'region1',
    userId: null,
    until: null,
    pondGroup: null,
    offeredTo: [],
    silent: false,
    flags: [],
    score: 0,
    contributions: [],
    rules: [],
    users: [],
    request: newRequest,
    strategy: 'balanced',
    why: 'Lowest share of its day cap among two locations.',
    intakeLocationId: 'intake1',
    leadSource: null,
    place: { ...place, plus4: null, state: null, fault: null, precision: 'zip', errorM: 3_000, cell: null },
    candidates: [],
    snapshot: { counters: {}, statuses: {}, refused: {}, sticky: null, waiting: {}, engagement: [] },
    rulesetHash: 'a'.repeat(64),
    seed: 'seed',
    decidedAt: now,
    leadCreatedAt: now,
    hash: 'b'.repeat(64),
  }
}
