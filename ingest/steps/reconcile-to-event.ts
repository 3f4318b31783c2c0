import { derivedUuid } from '../../kernel/derived-uuid.ts'
import { object, text } from './read-fields.ts'
import { type Arrival, type Organisation, type Received, toEvent } from './to-event.ts'

/**
 * What reconcile found, as the event that the missed webhook would have made. Its id comes from the fact (what, where, of
 * whom, when, which status), so that however often it is found it is one event.
 */
export function reconcileToEvent(arrival: Arrival, appId: string | null, organisation: Organisation): Received | null {
  const received = toEvent(arrival, appId, organisation)
  if (received === null) return null
  const fields = 'data' in arrival.body ? { ...object(arrival.body.data), ...arrival.body } : arrival.body
  const { type, locationId, entityId } = received.envelope
  const fact = [type, locationId, entityId, text(fields.timestamp), text(fields.status)]
  const eventId = derivedUuid('reconcile', ...fact.map((part) => part ?? ''))
  return { ...received, envelope: { ...received.envelope, eventId, origin: 'reconcile' } }
}
