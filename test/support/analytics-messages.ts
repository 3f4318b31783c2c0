import { type Decision, newRequest } from '../../contracts/decision.ts'
import type { Delivery } from '../../contracts/delivery.ts'
import type { Event } from '../../contracts/event.ts'
import type { LeadFact } from '../../contracts/lead-fact.ts'
import { derivedUuid } from '../../kernel/derived-uuid.ts'
import { aPlace } from './a-place.ts'

/** Messages as the other stages publish them, for tests that need streams without the stages. */
const tenant = 'agencyA'
export const leadId = (n: number): string => derivedUuid('test lead', n)
const isoAt = (ms: number): string => new Date(ms).toISOString()

export function makeEvent(n: number, atMs: number, more: Partial<Event> = {}): Event {
  return {
    eventId: derivedUuid('test event', n),
    tenant,
    locationId: 'intake1',
    type: 'ContactCreate',
    origin: 'ghl',
    entityId: `contact${n}`,
    contactId: `contact${n}`,
    occurredAt: isoAt(atMs),
    receivedAt: isoAt(atMs + 40),
    parked: null,
    intake: true,
    requestId: `r${n}`,
    person: null,
    payload: {
      type: 'ContactCreate',
      id: `contact${n}`,
      firstName: 'Dana',
      email: `dana${n}@example.com`,
      source: 'form',
    },
    ...more,
  }
}

export function makeDecision(n: number, atMs: number, more: Partial<Decision> = {}): Decision {
  return {
    decisionId: derivedUuid('test decision', n, more.attempt ?? 0),
    leadId: leadId(n),
    attempt: 0,
    tenant,
    eventId: derivedUuid('test event', n),
    outcome: 'assigned',
    tier: 'exclusive',
    fallback: null,
    locationId: 'north1',
    regionId: 'north',
    userId: null,
    until: null,
    pondGroup: null,
    offeredTo: [],
    silent: false,
    flags: [],
    score: 0,
    contributions: [],
    rules: [],
    users: [],
    request: newRequest,
    strategy: 'balanced',
    why: `Lead ${n} goes to North One: its ZIP is exclusive there.`,
    intakeLocationId: 'intake1',
    leadSource: 'form',
    place: aPlace({ cell: '8744c1a8effffff' }),
    candidates: [
      {
        locationId: 'north1',
        regionId: 'north',
        tier: 'exclusive',
        territoryKind: 'zip',
        territoryId: 't1',
        distanceM: 900.5,
        utilisation: 0.25,
        score: 0.75,
        rank: 1,
        reason: null,
        detail: null,
      },
      {
        locationId: 'south1',
        regionId: 'south',
        tier: 'nearest',
        territoryKind: null,
        territoryId: null,
        distanceM: null,
        utilisation: 1,
        score: null,
        rank: null,
        reason: 'CAP',
        detail: 'day 20/20',
      },
    ],
    snapshot: { counters: {}, statuses: {}, refused: {}, sticky: null, waiting: {}, engagement: [] },
    rulesetHash: 'a'.repeat(64),
    seed: '1',
    decidedAt: isoAt(atMs + 100),
    leadCreatedAt: isoAt(atMs),
    hash: 'b'.repeat(64),
    ...more,
  }
}

export function makeDelivery(n: number, atMs: number, more: Partial<Delivery> = {}): Delivery {
  return {
    deliveryId: derivedUuid('test delivery', n),
    leadId: leadId(n),
    attempt: 0,
    tenant,
    locationId: 'north1',
    regionId: 'north',
    state: 'delivered',
    contactId: `c${n}`,
    opportunityId: `o${n}`,
    errorCode: null,
    tries: 2,
    decidedAt: isoAt(atMs + 100),
    deliveredAt: isoAt(atMs + 900),
    leadCreatedAt: isoAt(atMs),
    ...more,
  }
}

/** A fact `afterMs` after its lead was created. */
export function makeFact(n: number, fact: LeadFact['fact'], createdMs: number, afterMs: number): LeadFact {
  return {
    factId: derivedUuid('test fact', n, fact, afterMs),
    leadId: leadId(n),
    tenant,
    locationId: 'north1',
    regionId: 'north',
    fact,
    occurredAt: isoAt(createdMs + afterMs),
    value: fact === 'won' ? 1200.5 : null,
    eventId: derivedUuid('test fact event', n, fact, afterMs),
    leadCreatedAt: isoAt(createdMs),
  }
}
