import type { Decision } from '../../contracts/decision.ts'
import type { Routed } from './routed.ts'

/** What of a routed lead goes into which table. */

export const claimRow = ({ lead: { tenant, key, leadId, createdAt } }: Routed): object => ({
  tenant,
  key,
  leadId,
  createdAt,
})

export const leadRow = ({ lead, decision }: Routed): object => ({
  leadId: lead.leadId,
  createdAt: lead.createdAt,
  tenant: lead.tenant,
  eventId: lead.eventId,
  intakeLocationId: lead.intakeLocationId,
  intakeContactId: lead.intakeContactId,
  key: lead.key,
  person: lead.person,
  place: lead.place,
  attempt: decision.attempt,
  outcome: decision.outcome,
  locationId: decision.locationId,
  regionId: decision.regionId,
  userId: decision.userId,
  until: decision.until,
  decidedAt: decision.decidedAt,
  score: decision.score,
  contributions: decision.contributions,
})

export const decisionRow = (decision: Decision): object => ({
  decisionId: decision.decisionId,
  leadId: decision.leadId,
  attempt: decision.attempt,
  leadCreatedAt: decision.leadCreatedAt,
  tenant: decision.tenant,
  outcome: decision.outcome,
  tier: decision.tier,
  fallback: decision.fallback,
  locationId: decision.locationId,
  regionId: decision.regionId,
  userId: decision.userId,
  why: decision.why,
  rulesetHash: decision.rulesetHash,
  decidedAt: decision.decidedAt,
  hash: decision.hash,
})

export const reservationRows = ({ lead, decision, reservation }: Routed): object[] =>
  reservation
    ? [
        {
          leadId: lead.leadId,
          attempt: lead.attempt,
          tenant: lead.tenant,
          locationId: decision.locationId,
          userId: decision.userId,
          keys: reservation.places.map(({ key }) => key),
          amounts: reservation.places.map(({ amount }) => amount),
          reservedAt: decision.decidedAt,
        },
      ]
    : []

/** A missed lead gives its concurrent place back, one that was moved or returned all that it took. */
export const giveUpRow = ({ lead }: Routed): object => ({
  leadId: lead.leadId,
  attempt: lead.attempt,
  state: lead.request.kind === 'sla' ? 'CLOSED' : 'RELEASED',
})

const WAITED_FOR = new Set(['CAP', 'HOURS', 'PAUSED'])

export const holdRow = ({ lead, decision }: Routed): object => ({
  leadId: lead.leadId,
  createdAt: lead.createdAt,
  tenant: lead.tenant,
  attempt: lead.attempt,
  reason: decision.fallback,
  waitsFor: decision.candidates
    .filter(({ reason }) => reason !== null && WAITED_FOR.has(reason))
    .map(({ locationId }) => locationId)
    .sort(),
  heldSince: lead.request.heldSince ?? lead.createdAt,
  until: decision.until,
})

export const offerRow = ({ lead, decision }: Routed): object => ({
  leadId: lead.leadId,
  createdAt: lead.createdAt,
  tenant: lead.tenant,
  attempt: lead.attempt,
  pondGroup: decision.pondGroup,
  offeredTo: decision.offeredTo,
  until: decision.until,
})
