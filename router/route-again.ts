import type { Decision, DecisionRequest } from '../contracts/decision.ts'
import type { Lead } from '../decide/lead.ts'
import type { RouteDeps } from './route-leads.ts'
import { routeLeads } from './route-leads.ts'
import type { Outbox } from './stores/outbox.ts'
import type { Publisher } from './stores/publisher.ts'
import type { StoredLead } from './stores/stored-leads.ts'

/** Wish for a further decision of a lead, of which `attempt` was the last one: any later one makes the wish void. */
export type AgainRequest = Pick<DecisionRequest, 'kind'> &
  Partial<Pick<DecisionRequest, 'locationId' | 'userId' | 'reason' | 'by'>> & { leadId: string; attempt: number }

export type AgainDeps = RouteDeps & {
  readStored: (leadIds: readonly string[]) => Promise<StoredLead[]>
  publisher: Pick<Publisher, 'decisions'>
  outbox: Outbox
  withCounters: <T>(act: () => Promise<T>) => Promise<T>
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
    const decisions = await deps.withCounters(() => routeLeads(deps, leads))
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
      previousLocationIds: stored.previousLocationIds,
      previousUserIds: stored.previousUserIds,
      heldSince: stored.heldSince,
      pondGroup: stored.pondGroup,
      reason: request.reason ?? null,
      by: request.by ?? null,
    },
  }
}
