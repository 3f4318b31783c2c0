import type { Event } from '../../contracts/event.ts'
import { clickhouseTime, uuid } from './row-values.ts'
import type { StoredAt } from './stored-at.ts'
import { withoutPersonal } from './without-personal.ts'

/** A row of `events`: the envelope without the person, the body without what could name one. */
export function eventRow(event: Event, stored: StoredAt) {
  return {
    tenant: event.tenant,
    location_id: event.locationId,
    type: event.type,
    event_id: uuid(event.eventId),
    occurred_at: clickhouseTime(event.occurredAt),
    received_at: clickhouseTime(stored.at),
    stream_seq: stored.seq,
    origin: event.origin,
    intake: event.intake,
    parked: event.parked ?? '',
    entity_id: event.entityId ?? '',
    contact_id: event.contactId ?? '',
    payload: withoutPersonal(event.payload),
  }
}
