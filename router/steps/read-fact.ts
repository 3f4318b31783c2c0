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

const OPPORTUNITY_TYPES = new Set([
  'OpportunityCreate',
  'OpportunityUpdate',
  'OpportunityStatusUpdate',
  'OpportunityMonetaryValueUpdate',
])
const STATUSES = new Set(['open', 'won', 'lost', 'abandoned'])

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
function factKind({ type, payload }: Event): FactKind | null {
  if (OPPORTUNITY_TYPES.has(type)) return STATUSES.has(String(payload.status)) ? (payload.status as FactKind) : null
  if (type === 'InboundMessage') return 'replied'
  if (type === 'AppointmentCreate') return 'appointment'
  // A message without a user was sent by a workflow: no human touch.
  if (type === 'OutboundMessage')
    return typeof payload.userId === 'string' && payload.userId !== '' ? 'contacted' : null
  return null
}
