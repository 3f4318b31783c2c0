import type { Decision } from '../../contracts/decision.ts'
import { aPlace } from './a-place.ts'
import { leadId, makeDecision, makeDelivery, makeEvent, makeFact } from './analytics-messages.ts'
import { type AskedLead, createdMs, DAY_MS, HOUR_MS, regionOf } from './asked-leads.ts'

/** What the streams carry of a lead: its event, decisions, delivery and facts. */
export function messagesOf(lead: AskedLead, todayMs: number) {
  const { n, at, missedBy, calledAfterS, openS, appointment, wonAfterDays, worth, undecided } = lead
  const atMs = createdMs(lead, todayMs)
  const events = [makeEvent(n, atMs)]
  if (undecided) return { events, decisions: [], deliveries: [], facts: [] }
  const facts = [
    ...(calledAfterS
      ? [{ ...makeFact(n, 'contacted', atMs, calledAfterS * 1_000), businessMs: (openS ?? 0) * 1_000 }]
      : []),
    ...(appointment ? [makeFact(n, 'appointment', atMs, 5 * HOUR_MS)] : []),
    ...(wonAfterDays ? [{ ...makeFact(n, 'won', atMs, wonAfterDays * DAY_MS), value: worth ?? 0 }] : []),
  ].map((fact) => ({ ...fact, locationId: at ?? '_', regionId: at ? regionOf(at) : null }))
  const first = decisionOf({ ...lead, at: missedBy ?? at, attempt: 1 }, atMs)
  const again = decisionOf({ ...lead, attempt: 2, request: 'sla' }, atMs + HOUR_MS)
  const owner = { locationId: at ?? '', regionId: at ? regionOf(at) : null, attempt: missedBy ? 2 : 1 }
  return {
    events,
    decisions: missedBy ? [first, { ...again, leadCreatedAt: first.leadCreatedAt }] : [first],
    deliveries: at ? [makeDelivery(n, atMs, owner)] : [],
    facts,
  }
}

type Told = AskedLead & { attempt: number; request?: 'sla' }

function decisionOf(
  { n, at, outcome = 'assigned', fallback, cell, source, campaign, user, attempt, request }: Told,
  atMs: number,
): Decision {
  const decision = makeDecision(n, atMs)
  const owner = at
    ? { locationId: at, regionId: regionOf(at), userId: user ?? null }
    : { locationId: null, regionId: null, userId: null }
  return {
    ...decision,
    ...owner,
    ...{ decisionId: leadId(n * 100 + attempt), leadId: leadId(n), attempt, outcome, tier: at ? 'exclusive' : null },
    ...{ fallback: fallback ?? null, leadSource: source, ...(campaign ? { leadCampaign: campaign } : {}) },
    request: { ...decision.request, kind: request ?? 'new', previousLocationIds: request ? ['south1'] : [] },
    place: aPlace({ cell: cell ?? '8744c1a8effffff' }),
    why: `Lead ${n}, attempt ${attempt}: to ${at ?? 'HQ'}.`,
    users: user ? usersOf(user) : [],
    candidates: [
      candidate(at ?? 'north1', at === null ? 'CAP' : null),
      ...(at === 'north1' || at === null ? [] : [candidate('north1', 'CAP')]),
    ],
  }
}

const candidate = (locationId: string, reason: 'CAP' | null): Decision['candidates'][number] => ({
  ...{ locationId, regionId: regionOf(locationId), tier: 'exclusive', territoryKind: 'zip', territoryId: 't1' },
  ...{ distanceM: 900.5, utilisation: reason ? 1 : 0.25, score: reason ? null : 0.75, rank: reason ? null : 1 },
  ...{ reason, detail: reason ? 'day 20/20' : null },
})

/** He is owed half a lead before he gets it; a colleague who had no turn is owed what he is not given. */
const usersOf = (userId: string): Decision['users'] => [
  { userId, shortfall: 0.5, rank: 1, reason: null, detail: null },
  { userId: `${userId}-2`, shortfall: 0.25, rank: 2, reason: null, detail: null },
]
