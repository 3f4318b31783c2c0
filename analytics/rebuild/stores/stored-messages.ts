import type { Delivery } from '../../../contracts/delivery.ts'
import type { LeadFact } from '../../../contracts/lead-fact.ts'
import { type Happening, ownerAt } from '../../../decide/lifecycle/lead-state.ts'
import { derivedUuid } from '../../../kernel/derived-uuid.ts'
import type { Postgres } from '../../../kernel/postgres.ts'

/** A message as it was published, or as it would be: `at` stands for when JetStream stored it, which nobody knows any more. */
export type StoredMessage = { id: string; at: string; text: string }
export type StoredKind = 'decisions' | 'deliveries' | 'facts'
export type ReadStored = (
  after: string[],
  countMax: number,
) => Promise<{ messages: StoredMessage[]; last: string[] | null }>

const NIL = '00000000-0000-0000-0000-000000000000'
export const START = [NIL, '-1', '']

/** What Postgres has of what was published, in pages by lead: events it never had. */
export const createStoredMessages = (pool: Postgres): Record<StoredKind, ReadStored> => ({
  decisions: async ([lead, attempt], countMax) => {
    const { rows } = await pool.query<{ id: string; lead: string; attempt: number; at: Date; text: string }>(
      `SELECT decision_id AS id, lead_id AS lead, attempt, decided_at AS at, document AS text FROM hexroute.decisions
        WHERE (lead_id, attempt) > ($1::uuid, $2::smallint) ORDER BY lead_id, attempt LIMIT $3`,
      [lead, attempt, countMax],
    )
    return {
      messages: rows.map(({ id, at, text }) => ({ id, at: at.toISOString(), text })),
      last: lastOf(rows, ({ lead, attempt }) => [lead, String(attempt), '']),
    }
  },
  deliveries: async ([lead, attempt], countMax) => {
    const { rows } = await pool.query<Omit<Delivery, 'deliveryId' | `${string}At`> & Times>(DELIVERIES, [
      lead,
      attempt,
      countMax,
    ])
    const messages = rows.map(({ decided, delivered, created, ...row }) => {
      const delivery: Delivery = {
        ...{ ...row, deliveryId: derivedUuid('delivery', row.leadId, row.attempt) },
        ...{
          decidedAt: decided.toISOString(),
          deliveredAt: delivered.toISOString(),
          leadCreatedAt: created.toISOString(),
        },
      }
      return { id: delivery.deliveryId, at: delivery.deliveredAt, text: JSON.stringify(delivery) }
    })
    return { messages, last: lastOf(rows, ({ leadId, attempt }) => [leadId, String(attempt), '']) }
  },
  facts: async ([lead, occurred, fact], countMax) => {
    const { rows } = await pool.query<FactRow>(FACTS, [
      lead,
      occurred === '-1' ? '-infinity' : occurred,
      fact,
      countMax,
    ])
    const messages = rows.filter(isOfOwner).map(({ assigned: _, key: __, occurred: at, created, ...row }) => {
      const occurredAt = at.toISOString()
      const factId = derivedUuid('fact', row.leadId, row.fact, occurredAt)
      const told: LeadFact = { ...row, factId, occurredAt, leadCreatedAt: created.toISOString() }
      return { id: factId, at: occurredAt, text: JSON.stringify(told) }
    })
    return { messages, last: lastOf(rows, ({ leadId, key, fact }) => [leadId, key, fact]) }
  },
})

type Times = { decided: Date; delivered: Date; created: Date }
type FactRow = Omit<LeadFact, 'factId' | 'occurredAt' | 'leadCreatedAt'> & {
  occurred: Date
  created: Date
  /** The instant to the microsecond: where the next page goes on. */
  key: string
  assigned: Happening[] | null
}

/** What former owners did is stored, and was never published: see router/stores/fact-store.ts. */
function isOfOwner({ occurred, assigned, locationId }: FactRow): boolean {
  const owner = ownerAt(assigned ?? [], occurred.toISOString())
  return owner === null || owner === locationId
}

function lastOf<T>(rows: readonly T[], cursor: (row: T) => string[]): string[] | null {
  const last = rows.at(-1)
  return last === undefined ? null : cursor(last)
}

const DELIVERIES = `
  SELECT d.lead_id AS "leadId", d.attempt, d.tenant, d.location_id AS "locationId", c.region_id AS "regionId", d.state,
    d.contact_id AS "contactId", d.opportunity_id AS "opportunityId", d.error_code AS "errorCode", d.tries,
    c.decided_at AS decided, d.updated_at AS delivered, c.lead_created_at AS created
  FROM hexroute.deliveries d JOIN hexroute.decisions c ON c.lead_id = d.lead_id AND c.attempt = d.attempt
  WHERE d.state NOT IN ('started', 'contact') AND (d.lead_id, d.attempt) > ($1::uuid, $2::smallint)
  ORDER BY d.lead_id, d.attempt LIMIT $3`

const FACTS = `
  SELECT f.lead_id AS "leadId", f.tenant, f.location_id AS "locationId", l.region_id AS "regionId", f.fact,
    f.value::float8 AS value, f.business_ms::float8 AS "businessMs", f.event_id AS "eventId", f.occurred_at AS occurred,
    f.occurred_at::text AS key, f.lead_created_at AS created,
    (SELECT jsonb_agg(jsonb_build_object('fact', 'assigned', 'locationId', c.location_id, 'occurredAt',
       to_char(c.decided_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) ORDER BY c.attempt)
     FROM hexroute.decisions c
     WHERE c.lead_id = f.lead_id AND c.lead_created_at = f.lead_created_at AND c.outcome = 'assigned') AS assigned
  FROM hexroute.lead_facts f LEFT JOIN hexroute.locations l ON l.id = f.location_id
  WHERE (f.lead_id, f.occurred_at, f.fact) > ($1::uuid, $2::timestamptz, $3::text)
  ORDER BY f.lead_id, f.occurred_at, f.fact LIMIT $4`
