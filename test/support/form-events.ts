import { randomUUID } from 'node:crypto'
import type { Event, Person } from '../../contracts/event.ts'
import type { Message } from '../../kernel/consume-batches.ts'
import { aPerson } from './decide-builders.ts'

/** What became of a message of the stream. */
export type Settled = 'acknowledged' | 'given back' | 'dead letter' | 'open'
export type Form = { contact: string; person?: Partial<Person>; eventId?: string; receivedMs?: number }

export const FUNNEL = 'funnel'
export const tenant = 'agencyA'

/** Somebody fills a form in the funnel; in Buckhead where not said. */
export function formEvent({ contact, person, eventId, receivedMs }: Form, nowMs: number): Event {
  const at = new Date(receivedMs ?? nowMs).toISOString()
  return {
    ...{ eventId: eventId ?? randomUUID(), tenant, locationId: FUNNEL, type: 'ContactCreate', origin: 'ghl' },
    ...{ entityId: contact, contactId: contact, occurredAt: at, receivedAt: at, parked: null, intake: true },
    ...{ requestId: 'r', person: aPerson({ postalCode: '30305', country: 'US', ...person }), payload: {} },
  }
}

/** As JetStream would hand it out; `settled` tells what became of it. */
export function toMessage(
  event: object,
  seq: number,
  deliveryCount: number,
): { message: Message; settled: () => Settled } {
  let settled: Settled = 'open'
  const body = JSON.stringify(event)
  const settle = (how: Settled) => () => {
    settled = how
  }
  const message = {
    ...{ subject: `events.${tenant}.${FUNNEL}.ContactCreate`, seq, data: Buffer.from(body) },
    ...{ info: { stream: 'EVENTS', deliveryCount }, string: () => body, json: () => event },
    ...{ ack: settle('acknowledged'), nak: settle('given back'), term: settle('dead letter') },
  }
  return { message: message as unknown as Message, settled: () => settled }
}
