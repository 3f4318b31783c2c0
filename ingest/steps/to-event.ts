import type { Event, ParkReason } from '../../contracts/event.ts'
import type { KnownLocation } from '../../contracts/known.ts'
import { unknownToken } from '../../contracts/streams.ts'
import { derivedUuid } from '../../kernel/derived-uuid.ts'
import { agencyEventTypes, contactEventTypes, eventTypes } from './event-types.ts'
import type { Body } from './parse-body.ts'
import { id, object } from './read-fields.ts'
import { readPerson } from './read-person.ts'
import { readTime } from './read-time.ts'

/** The canonical event without its payload: that is the raw body, spliced in by encodeEvent. */
export type Envelope = Omit<Event, 'payload'>
export type Organisation = {
  location: (locationId: string) => KnownLocation | undefined
  hasTenant: (tenant: string) => boolean
}
export type Arrival = { raw: Uint8Array; body: Body; requestId: string; nowMs: number }
export type Received = {
  envelope: Envelope
  /** When the platform says that it sent the event; null when it does not say, or not believably. */
  emittedMs: number | null
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
const TYPE = /^[^\p{C}]{1,128}$/u

/** Any marketplace webhook as an event; null when the body names no usable type. Bodies are flat, or wrapped in `data`. */
export function toEvent(arrival: Arrival, appId: string | null, organisation: Organisation): Received | null {
  const { body, nowMs } = arrival
  const { type } = body
  if (typeof type !== 'string') return null
  const isKnown = eventTypes.has(type)
  if (!isKnown && !TYPE.test(type)) return null
  const fields = 'data' in body ? { ...object(body.data), ...body } : body
  const locationId = readLocationId(type, fields)
  const owner = readOwner(type, fields, locationId, organisation)
  const otherApp = typeof fields.appId === 'string' && fields.appId !== appId
  const parked = otherApp ? 'other-app' : !isKnown ? 'unknown-type' : owner ? null : 'unknown-location'
  const emittedMs = readTime(fields.timestamp, nowMs)
  const envelope: Envelope = {
    eventId: readEventId(fields.webhookId, arrival.raw),
    tenant: owner?.tenant ?? unknownToken,
    locationId: locationId ?? unknownToken,
    type,
    origin: 'ghl',
    entityId: readEntityId(type, fields, locationId),
    contactId: readContactId(type, fields),
    occurredAt: new Date(emittedMs ?? nowMs).toISOString(),
    receivedAt: new Date(nowMs).toISOString(),
    parked: parked satisfies ParkReason | null,
    intake: parked === null && owner?.intake === true,
    requestId: arrival.requestId,
    person: contactEventTypes.has(type) ? readPerson(fields) : null,
  }
  return { envelope, emittedMs }
}

const readEventId = (webhookId: unknown, raw: Uint8Array): string =>
  typeof webhookId === 'string' && UUID.test(webhookId) ? webhookId.toLowerCase() : derivedUuid('webhook', raw)

/** Location* carry their location as `id`, invoices as `altId`; agency-level events have none. */
function readLocationId(type: string, fields: Body): string | null {
  const given = id(fields.locationId)
  if (given !== null) return given
  if (fields.altType === 'location') return id(fields.altId)
  return type === 'LocationCreate' || type === 'LocationUpdate' ? id(fields.id) : null
}

function readOwner(
  type: string,
  fields: Body,
  locationId: string | null,
  organisation: Organisation,
): KnownLocation | undefined {
  const companyId = id(fields.companyId)
  const location = locationId === null ? undefined : organisation.location(locationId)
  // Whose the sub-account is, GHL knows better than who declared it.
  if (location && (companyId === null || companyId === location.tenant)) return location
  if (!agencyEventTypes.has(type)) return undefined
  return companyId !== null && organisation.hasTenant(companyId) ? { tenant: companyId, intake: false } : undefined
}

/** What the event is about. An installation is about the sub-account, or the agency, that installed. */
function readEntityId(type: string, fields: Body, locationId: string | null): string | null {
  const own = id(fields.id) ?? id(fields._id) ?? id(object(fields.appointment).id)
  const message = id(fields.messageId) ?? id(fields.emailMessageId) ?? id(object(fields.webhookPayload).id)
  if (own !== null || message !== null) return own ?? message
  return agencyEventTypes.has(type) ? (locationId ?? id(fields.companyId)) : null
}

function readContactId(type: string, fields: Body): string | null {
  if (contactEventTypes.has(type)) return id(fields.id)
  const given = id(fields.contactId) ?? id(object(fields.appointment).contactId) ?? id(object(fields.contactDetails).id)
  if (given !== null) return given
  if (fields.firstObjectKey === 'contact') return id(fields.firstRecordId)
  return fields.secondObjectKey === 'contact' ? id(fields.secondRecordId) : null
}
