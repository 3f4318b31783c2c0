import type { Snapshot } from '../contracts/snapshot.ts'
import type { Case } from '../decide/case.ts'
import { countersSeen, statusIdsOf } from '../decide/case-counters.ts'
import type { RouteDeps } from './route-deps.ts'

/** What a lead is decided on: the counters as given, the organisation and the queues as this router knows them. */
export function snapshotOf(
  { organisation, waiting }: Pick<RouteDeps, 'organisation' | 'waiting'>,
  prepared: Case,
  counters: ReadonlyMap<string, number>,
): Snapshot {
  const { lead, history } = prepared
  const { locationIds, userIds } = statusIdsOf(prepared)
  return {
    counters: countersSeen(prepared, (key) => counters.get(key) ?? 0),
    statuses: organisation.statuses(lead.tenant, locationIds, userIds),
    refused: {},
    sticky: history.sticky,
    waiting: waitingAmong(waiting(lead.tenant), locationIds),
    engagement: history.engagement,
  }
}

const waitingAmong = (waiting: Record<string, number>, locationIds: readonly string[]): Record<string, number> =>
  Object.fromEntries(locationIds.flatMap((id) => (waiting[id] ? [[id, waiting[id]] as const] : [])))
