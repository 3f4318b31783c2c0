import type { Decision } from '../../../contracts/decision.ts'
import type { ChannelScope, NoticeEvent } from '../../../contracts/notice.ts'
import type { Heard, NoticeSubject } from './notice.ts'

/** Who had the lead by the decision before this one. */
export type Holder = { locationId: string; regionId: string | null; userId: string | null }

/** Who should hear of a decision. `regionOf` knows the locations that a lead is offered to. Test leads are nobody's news. */
export function audienceOf(
  decision: Decision,
  holder: Holder | null,
  regionOf: ReadonlyMap<string, string | null>,
): Heard[] {
  if (decision.flags.includes('test-lead')) return []
  return [...(holder ? loss(decision, holder) : []), ...news(decision, regionOf)]
}

/** Who should hear that a lead could not be written to GHL. */
export function audienceOfFailure(decision: Decision, code: string | null, at: string): Heard[] {
  if (decision.flags.includes('test-lead') || decision.locationId === null) return []
  const { locationId, regionId, userId } = decision
  const subject = { ...subjectOf(decision), at, locationId, userId, code }
  return levels(decision.tenant, 'lead.failed', { locationId, regionId, userId }, subject)
}

function news(decision: Decision, regionOf: ReadonlyMap<string, string | null>): Heard[] {
  const { tenant, locationId, regionId, userId, outcome } = decision
  switch (outcome) {
    case 'assigned': {
      const subject = { ...subjectOf(decision), locationId, userId }
      return locationId === null ? [] : levels(tenant, 'lead.assigned', { locationId, regionId, userId }, subject)
    }
    case 'pond':
      return offers(decision, regionOf)
    case 'hq':
      return [
        toScope(tenant, 'lead.unrouted', 'agency', tenant, subjectOf(decision)),
        ...(regionId === null ? [] : [toScope(tenant, 'lead.unrouted', 'region', regionId, subjectOf(decision))]),
      ]
    case 'held':
    case 'rejected':
      return []
  }
}

function offers(decision: Decision, regionOf: ReadonlyMap<string, string | null>): Heard[] {
  const { tenant, offeredTo, until } = decision
  const subject = { ...subjectOf(decision), until }
  const regions = new Set(offeredTo.flatMap((id) => regionOf.get(id) ?? []))
  return [
    toScope(tenant, 'lead.offered', 'agency', tenant, subject),
    ...[...regions].map((id) => toScope(tenant, 'lead.offered', 'region', id, subject)),
    ...offeredTo.map((id) => toScope(tenant, 'lead.offered', 'location', id, { ...subject, locationId: id })),
  ]
}

/** Nobody is told of what he gave back himself, and a location not of a lead that only changed hands within it. */
function loss(decision: Decision, holder: Holder): Heard[] {
  const { tenant, request, locationId, userId } = decision
  const staysInLocation = locationId === holder.locationId
  if (request.kind === 'return' || (staysInLocation && userId === holder.userId)) return []
  const subject = {
    ...subjectOf(decision),
    locationId: holder.locationId,
    userId: holder.userId,
    toLocationId: locationId,
  }
  return levels(tenant, 'lead.taken-away', holder, subject).map((heard) => ({
    ...heard,
    isPersonal: staysInLocation && heard.scope !== 'user',
  }))
}

function levels(tenant: string, event: NoticeEvent, { locationId, regionId, userId }: Holder, subject: NoticeSubject) {
  return [
    toScope(tenant, event, 'agency', tenant, subject),
    ...(regionId === null ? [] : [toScope(tenant, event, 'region', regionId, subject)]),
    toScope(tenant, event, 'location', locationId, subject),
    ...(userId === null ? [] : [toScope(tenant, event, 'user', userId, subject)]),
  ]
}

function toScope(
  tenant: string,
  event: NoticeEvent,
  scope: ChannelScope,
  scopeId: string,
  subject: NoticeSubject,
): Heard {
  return { tenant, event, scope, scopeId, isPersonal: false, subject }
}

function subjectOf({ decidedAt, leadId, leadCreatedAt, attempt, why, silent }: Decision): NoticeSubject {
  const nobody = { locationId: null, userId: null, toLocationId: null, until: null, code: null }
  return { at: decidedAt, leadId, leadCreatedAt, attempt, why, silent, ...nobody }
}
