import { Compile } from 'typebox/compile'
import type { Decision } from '../contracts/decision.ts'
import { type RouterReply, RouterRequest } from '../contracts/router-request.ts'
import type { Logger } from '../kernel/logger.ts'
import type { LiveOrganisation } from './live-organisation.ts'
import type { Preview } from './preview-lead.ts'
import type { RouteAgain } from './route-again.ts'
import type { StoredLead } from './stores/stored-leads.ts'

export type RequestDeps = {
  organisation: LiveOrganisation
  readStored: (leadIds: readonly string[]) => Promise<StoredLead[]>
  routeAgain: RouteAgain
  preview: Preview
  log: Logger
}

type ByHand = Exclude<RouterRequest, { kind: 'preview' }>
type Refusal = Extract<RouterReply, { kind: 'refused' }>

const requestShape = Compile(RouterRequest)

/** Answers the directory: dry runs, and what a person wishes for a lead. Every wish goes through the one function that assigns. */
export function createRequestAnswers(deps: RequestDeps): (body: string) => Promise<RouterReply> {
  return async (body) => {
    const request = JSON.parse(body) as unknown
    if (!requestShape.Check(request)) return refused('NOT_FOUND', 'The request does not have the agreed form.')
    try {
      return request.kind === 'preview' ? await deps.preview(request) : await byHand(deps, request)
    } catch (error) {
      deps.log.warn({ kind: request.kind, error: (error as Error).message }, 'request failed')
      return refused('BUSY', 'The router could not reach a store; nothing was changed. Try again in a few seconds.')
    }
  }
}

async function byHand(deps: RequestDeps, request: ByHand): Promise<RouterReply> {
  const [stored] = await deps.readStored([request.leadId])
  if (!stored || stored.lead.tenant !== request.tenant) return refused('NOT_FOUND', 'There is no lead with this id.')
  const refusal = mayNot(deps, request, stored)
  if (refusal) return refusal
  const { kind, leadId, locationId, userId, reason, by } = request
  const wish = { kind, leadId, locationId, userId, reason, by, attempt: stored.lead.attempt }
  const [decision] = await deps.routeAgain([wish])
  return decision && isOwn(decision, request) ? { kind: 'decided', decision } : whyNot(deps, request, stored)
}

function mayNot({ organisation }: RequestDeps, request: ByHand, stored: StoredLead): Refusal | null {
  const { kind, locationId, userId } = request
  if (stored.status !== 'open') return refused('ENDED', `The lead has ended: ${stored.status}.`)
  if (kind === 'return') {
    return stored.outcome === 'assigned'
      ? null
      : refused('NOT_CLAIMABLE', 'Only a lead that somebody has can be returned.')
  }
  const ruleset = organisation.ruleset(request.tenant)
  const place = locationId === null ? undefined : ruleset.locations.get(locationId)
  if (!place || organisation.statuses(request.tenant, [place.id], [])[place.id] === 'inactive')
    return refused(
      'NO_SUCH_LOCATION',
      'This location does not take leads: it is unknown, inactive, or not in the published ruleset.',
    )
  if (userId !== null && !ruleset.siteOf(place.id)?.users.some(({ id }) => id === userId))
    return refused('NO_SUCH_LOCATION', 'This user does not belong to the location in the published ruleset.')
  if (kind === 'move') return null
  if (stored.outcome === 'assigned') return taken(stored.locationId)
  return stored.outcome === 'pond' && stored.offeredTo.includes(place.id)
    ? null
    : refused('NOT_CLAIMABLE', 'The lead is not in the pond for this location.')
}

/** The decision of somebody else who was faster is not the answer to this wish. */
const isOwn = (decision: Decision, { kind, locationId, by }: ByHand): boolean =>
  decision.request.kind === kind &&
  decision.request.by === by &&
  (kind === 'return' || decision.locationId === locationId)

async function whyNot({ readStored }: RequestDeps, { leadId }: ByHand, before: StoredLead): Promise<Refusal> {
  const [now] = await readStored([leadId])
  if (now?.lead.attempt === before.lead.attempt)
    return refused('NOT_CLAIMABLE', 'None of the users of this location can take the lead now; it stays where it is.')
  return now?.outcome === 'assigned'
    ? taken(now.locationId)
    : refused('BUSY', 'The lead was decided by somebody else at the same moment. Look at it again.')
}

const taken = (by: string | null): Refusal => ({
  kind: 'refused',
  code: 'TAKEN',
  message: `The lead belongs to ${by} already.`,
  takenBy: by,
})

const refused = (code: Refusal['code'], message: string): Refusal => ({ kind: 'refused', code, message, takenBy: null })
