import type { KnownSource } from '../../contracts/known.ts'
import { unknownToken } from '../../contracts/streams.ts'
import { derivedUuid } from '../../kernel/derived-uuid.ts'
import { canonicalJson } from './canonical-json.ts'
import { workflowEventType } from './event-types.ts'
import type { Body } from './parse-body.ts'
import { id, object, text } from './read-fields.ts'
import { readWorkflowPerson } from './read-person.ts'
import type { Arrival, Envelope, Organisation } from './to-event.ts'

export type WorkflowReceived = {
  envelope: Envelope
  /** True when the sender names its events: only then does an equal id mean the same event days later. */
  named: boolean
}

/** The unsigned body of the workflow action as an event. It carries no time, no type and no id of its own. */
export function workflowToEvent(
  arrival: Arrival,
  sourceId: string,
  source: KnownSource,
  organisation: Organisation,
): WorkflowReceived {
  const { body, nowMs } = arrival
  const locationId = id(object(body.location).id) ?? source.locationId
  const place = readPlace(locationId, source, organisation)
  const name = text(object(body.customData).event_id)
  const now = new Date(nowMs).toISOString()
  const envelope: Envelope = {
    eventId:
      name === null
        ? contentId(body, locationId)
        : derivedUuid('workflow-event', source.tenant, sourceId, locationId, name),
    tenant: place ? source.tenant : unknownToken,
    locationId,
    type: workflowEventType,
    origin: `workflow:${sourceId}`,
    entityId: id(body.id) ?? id(object(body.calendar).appointmentId) ?? id(body.contact_id),
    contactId: id(body.contact_id),
    occurredAt: now,
    receivedAt: now,
    parked: place ? null : 'unknown-location',
    intake: place?.intake === true,
    requestId: arrival.requestId,
    person: readWorkflowPerson(body),
  }
  return { envelope, named: name !== null }
}

/** A source speaks for its own sub-account, and for others only when they are known to belong to the same agency. */
function readPlace(
  locationId: string,
  source: KnownSource,
  organisation: Organisation,
): { intake: boolean } | undefined {
  const location = organisation.location(locationId)
  if (location) return location.tenant === source.tenant ? location : undefined
  return locationId === source.locationId ? { intake: true } : undefined
}

function contentId(body: Body, locationId: string): string {
  const workflowId = id(object(body.workflow).id) ?? ''
  return derivedUuid('workflow', locationId, workflowId, id(body.contact_id) ?? '', canonicalJson(body))
}
