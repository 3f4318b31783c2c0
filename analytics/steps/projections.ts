import type { TSchema } from 'typebox'
import { Compile } from 'typebox/compile'
import { Decision } from '../../contracts/decision.ts'
import { Delivery } from '../../contracts/delivery.ts'
import { Event } from '../../contracts/event.ts'
import { LeadFact } from '../../contracts/lead-fact.ts'
import { candidateRows } from './candidate-rows.ts'
import { decisionRow } from './decision-row.ts'
import { deliveryRow } from './delivery-row.ts'
import { eventRow } from './event-row.ts'
import { factRow } from './fact-row.ts'
import { parseMessage } from './parse-message.ts'
import type { StoredAt } from './stored-at.ts'
import { userRows } from './user-rows.ts'

/** A row of any table: each carries the sequence of its message, and the message's id under the stream's `idColumns`. */
export type Row = { stream_seq: number; [column: string]: unknown }
export type TableRows = { table: string; rows: Row[] }
/** One message to its id and its rows. @throws Malformed */
export type Projection = (message: StoredAt & { bytes: Uint8Array }) => { id: string; tables: TableRows[] }

/** The column by which each table of a stream names the message. */
export const idColumns = {
  events: 'event_id',
  decisions: 'decision_id',
  deliveries: 'delivery_id',
  facts: 'fact_id',
} as const

/** Which stream fills which tables: the whole map of the sink. */
export function createProjections() {
  return {
    events: project<Event>(Event, (event, stored) => ({
      id: event.eventId,
      tables: [{ table: 'events', rows: [eventRow(event, stored)] }],
    })),
    decisions: project<Decision>(Decision, (decision, stored) => ({
      id: decision.decisionId,
      tables: [
        { table: 'decisions', rows: [decisionRow(decision, stored)] },
        { table: 'decision_candidates', rows: candidateRows(decision, stored) },
        { table: 'decision_users', rows: userRows(decision, stored) },
      ],
    })),
    deliveries: project<Delivery>(Delivery, (delivery, stored) => ({
      id: delivery.deliveryId,
      tables: [{ table: 'deliveries', rows: [deliveryRow(delivery, stored)] }],
    })),
    facts: project<LeadFact>(LeadFact, (fact, stored) => ({
      id: fact.factId,
      tables: [{ table: 'lead_facts', rows: [factRow(fact, stored)] }],
    })),
  } satisfies Record<string, Projection>
}

function project<T>(schema: TSchema, map: (value: T, stored: StoredAt) => ReturnType<Projection>): Projection {
  const validator = Compile(schema)
  const check = (value: unknown): value is T => validator.Check(value)
  return (message) => map(parseMessage(message.bytes, check), message)
}
