import type { Event } from '../../contracts/event.ts'
import type { FactKind } from '../../contracts/lead-fact.ts'

/** What an event of a location's sub-account says about a contact there; null when it says nothing about a lead. */
export type ReadFact = {
  tenant: string
  contactKey: string
  locationId: string
  kind: FactKind
  occurredAt: string
  value: number | null
  eventId: string
}

const STATUS_TYPES = new Set([
  'OpportunityCreate',
  'OpportunityUpdate',
  'OpportunityStatusUpdate',
  'OpportunityMonetaryValueUpdate',
])
const APPOINTMENT_TYPES = new Set(['AppointmentCreate', 'AppointmentUpdate', 'AppointmentDelete'])
const STATUSES = new Set(['open', 'won', 'lost', 'abandoned'])
const CALLED_OFF = new Set(['cancelled', 'canceled', 'noshow', 'no_show', 'invalid'])
/** Senders that are no person, although they can send in a user's name. */
const AUTOMATIC = new Set(['workflow', 'campaign', 'bulk_actions'])
/** How a location says that the person is not worth pursuing: the platform has no status for it. */
const UNQUALIFIED_TAG = 'unqualified'

export function readFact(event: Event): ReadFact | null {
  if (event.parked !== null || event.intake || event.contactId === null) return null
  const kind = factKind(event)
  if (kind === null) return null
  const value = event.payload.monetaryValue
  return {
    tenant: event.tenant,
    contactKey: `${event.locationId}/${event.contactId}`,
    locationId: event.locationId,
    kind,
    occurredAt: event.occurredAt,
    value: typeof value === 'number' && Math.abs(value) < 1e12 ? Math.round(value * 100) / 100 : null,
    eventId: event.eventId,
  }
}

/** Several webhooks tell one fact; that is harmless, because facts are folded by time and not counted. */
function factKind({ type, payload, person }: Event): FactKind | null {
  if (STATUS_TYPES.has(type)) return STATUSES.has(String(payload.status)) ? (payload.status as FactKind) : null
  if (APPOINTMENT_TYPES.has(type)) return appointmentKind(type, payload)
  if (type === 'OpportunityStageUpdate') return 'moved'
  if (type === 'InboundMessage') return 'replied'
  if (type === 'OutboundMessage') return isByPerson(payload) ? 'contacted' : null
  if (type === 'ContactTagUpdate')
    return person?.tags.some((tag) => tag.trim().toLowerCase() === UNQUALIFIED_TAG) ? 'unqualified' : null
  return null
}

function appointmentKind(type: string, { appointment }: Event['payload']): FactKind {
  const status = (appointment as { appointmentStatus?: unknown } | undefined)?.appointmentStatus
  return type === 'AppointmentDelete' || CALLED_OFF.has(String(status).toLowerCase()) ? 'cancelled' : 'appointment'
}

/** A message without a user was sent by a workflow: no human touch. */
const isByPerson = ({ userId, source }: Event['payload']): boolean =>
  typeof userId === 'string' && userId !== '' && !AUTOMATIC.has(String(source))
