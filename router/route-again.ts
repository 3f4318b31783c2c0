import type { Decision, DecisionRequest } from '../contracts/decision.ts'
import type { Lead } from '../decide/lead.ts'
import type { Known } from './propose-routes.ts'
import type { RouteDeps } from './route-deps.ts'
import { routeLeads } from './route-leads.ts'
import { stickyOwner } from './steps/known-person.ts'
import { personPolicy } from './steps/person-policy.ts'
import type { IdentityStore } from './stores/identity-store.ts'
import type { Outbox } from './stores/outbox.ts'
import type { Publisher } from './stores/publisher.ts'
import type { StoredLead } from './stores/stored-leads.ts'
import type { WithCounters } from './with-counters.ts'

/** Wish for a further decision of a lead, of which `attempt` was the last one: any later one makes the wish void. */
export type AgainRequest = Pick<DecisionRequest, 'kind'> &
  Partial<Pick<DecisionRequest, 'locationId' | 'userId' | 'reason' | 'by'>> & { leadId: string; attempt: number }

export type AgainDeps = RouteDeps & {
  readStored: (leadIds: readonly string[]) => Promise<StoredLead[]>
  publisher: Pick<Publisher, 'decisions'>
  outbox: Outbox
  identities: Pick<IdentityStore, 'known'>
  withCounters: WithCounters
}

export type RouteAgain = (requests: readonly AgainRequest[]) => Promise<Decision[]>

/**
 * Decides leads again, in the order given: held ones, those of the pond, missed ones, and what people wish. The same
 * function as for new leads assigns. Returns the decisions that came of it; a held lead that must wait on has none.
 */
export function createRouteAgain(deps: AgainDeps): RouteAgain {
  return async (requests) => {
    const stored = new Map(
      (await deps.readStored(requests.map(({ leadId }) => leadId))).map((entry) => [entry.lead.leadId, entry]),
    )
    const leads = requests.flatMap((request) => {
      const entry = stored.get(request.leadId)
      return entry?.lead.attempt === request.attempt ? [toNextAttempt(entry, request)] : []
    })
    if (leads.length === 0) return []
    const known = await recogniseOwners(deps, leads)
    await watchEarlier(deps, leads)
    const decisions = await deps.withCounters(() => routeLeads(deps, known))
    await deps.publisher.decisions(decisions)
    await deps.outbox.published(decisions)
    return decisions
  }
}

function toNextAttempt({ lead, ...stored }: StoredLead, request: AgainRequest): Lead {
  return {
    ...lead,
    attempt: lead.attempt + 1,
    request: {
      kind: request.kind,
      locationId: request.locationId ?? null,
      userId: request.userId ?? null,
      previousLocationIds: previousOf(stored, request),
      previousUserIds: stored.previousUserIds,
      heldSince: stored.heldSince,
      pondGroup: stored.pondGroup,
      reason: request.reason ?? null,
      by: request.by ?? null,
    },
  }
}

/** A location that a lead could not be written to never had it; only the decision that this leads to leaves it out. */
const previousOf = ({ previousLocationIds, locationId }: Omit<StoredLead, 'lead'>, { kind }: AgainRequest): string[] =>
  kind === 'undeliverable' && locationId !== null ? [...previousLocationIds, locationId] : previousLocationIds

/** A lead that is decided again is known already: only its owner of another enquiry matters. */
async function recogniseOwners(deps: AgainDeps, leads: readonly Lead[]): Promise<Known[]> {
  const { identities, organisation, clock } = deps
  const known = await identities.known(leads)
  return leads.map((lead) => {
    const policy = personPolicy(organisation.ruleset(lead.tenant).document)
    const options = { leadId: lead.leadId, nowMs: clock(), isActive: organisation.isActive, policy }
    return { lead, sticky: stickyOwner(known.get(lead.eventId) ?? [], options) }
  })
}

const GIVES_UP = new Set(['sla', 'move', 'return', 'undeliverable'])
/** Longer than the commit that follows may take. */
const WATCH_AFTER_MS = 60_000

/** No webhook would repeat this after a crash: the sweep makes Redis follow what Postgres then says of the earlier attempt. */
async function watchEarlier({ capacity, clock }: AgainDeps, leads: readonly Lead[]): Promise<void> {
  const earlier = leads.flatMap((lead) =>
    GIVES_UP.has(lead.request.kind) ? [{ ...lead, attempt: lead.attempt - 1, before: 'COMMITTED' as const }] : [],
  )
  await capacity.watch(earlier, clock() + WATCH_AFTER_MS)
}
