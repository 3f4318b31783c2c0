import { describe, expect, it } from 'vitest'
import type { Event, Person } from '../../contracts/event.ts'
import { isTouch } from '../../decide/lifecycle/touch.ts'
import { readFact } from './read-fact.ts'

const event = (type: string, payload: Event['payload'] = {}, rest: Partial<Event> = {}): Event => ({
  eventId: 'e',
  tenant: 'T',
  locationId: 'denver',
  type,
  origin: 'ghl',
  entityId: null,
  contactId: 'c1',
  occurredAt: '2026-03-01T00:00:00.000Z',
  receivedAt: '2026-03-01T00:00:00.000Z',
  parked: null,
  intake: false,
  requestId: 'r',
  person: null,
  payload,
  ...rest,
})
const kind = (...given: Parameters<typeof event>) => readFact(event(...given))?.kind ?? null
const tagged = (tags: string[]) => ({ person: { tags } as Person })

describe('what an event of a location says about a lead', () => {
  it.each([
    ['a human message', 'contacted', 'OutboundMessage', { userId: 'u1', messageType: 'SMS' }],
    ['a human call', 'contacted', 'OutboundMessage', { userId: 'u1', messageType: 'CALL', status: 'completed' }],
    ['a message of a workflow', null, 'OutboundMessage', { messageType: 'SMS' }],
    ['a workflow in the name of a user', null, 'OutboundMessage', { userId: 'u1', source: 'workflow' }],
    ['an answer', 'replied', 'InboundMessage', {}],
    ['a meeting', 'appointment', 'AppointmentCreate', { appointment: { appointmentStatus: 'confirmed' } }],
    ['a meeting called off', 'cancelled', 'AppointmentUpdate', { appointment: { appointmentStatus: 'cancelled' } }],
    ['a person who did not come', 'cancelled', 'AppointmentUpdate', { appointment: { appointmentStatus: 'noshow' } }],
    ['a deleted meeting', 'cancelled', 'AppointmentDelete', { appointment: { appointmentStatus: 'confirmed' } }],
    ['a stage move', 'moved', 'OpportunityStageUpdate', { status: 'open' }],
    ['a status', 'won', 'OpportunityStatusUpdate', { status: 'won' }],
    ['an unknown status', null, 'OpportunityUpdate', { status: 'all' }],
    ['a note', null, 'NoteCreate', {}],
  ])('%s is %s', (_name, expected, type, payload) => {
    expect(kind(type, payload)).toBe(expected)
  })

  it('the tag unqualified ends a lead, other tags do not', () => {
    expect(kind('ContactTagUpdate', {}, tagged(['vip', ' Unqualified']))).toBe('unqualified')
    expect(kind('ContactTagUpdate', {}, tagged(['vip']))).toBe(null)
  })

  it('our own write echoed back is no touch and no lead', () => {
    const echoes = [
      readFact(event('ContactCreate', { source: 'hexroute:lead' })),
      readFact(event('ContactTagUpdate', {}, tagged(['hexroute']))),
      readFact(event('OpportunityCreate', { status: 'open' })),
      readFact(event('OpportunityUpdate', { status: 'open' })),
    ]
    expect(echoes.map((fact) => fact?.kind ?? null)).toEqual([null, null, 'open', 'open'])
    expect(echoes.some((fact) => fact !== null && isTouch(fact.kind))).toBe(false)
  })

  it('parked events, those of intake sub-accounts and those without a contact say nothing', () => {
    expect(kind('InboundMessage', {}, { intake: true })).toBe(null)
    expect(kind('InboundMessage', {}, { parked: 'unknown-location' })).toBe(null)
    expect(kind('InboundMessage', {}, { contactId: null })).toBe(null)
  })
})
