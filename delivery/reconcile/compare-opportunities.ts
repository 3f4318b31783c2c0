import type { Opportunity, OpportunitySearch } from '../ghl/steps/ghl-bodies.ts'
import { GhlFault } from '../ghl/steps/ghl-fault.ts'
import { type TokenSource, withToken } from '../ghl/stores/with-token.ts'
import type { ReconcileDeps } from './reconcile-deps.ts'
import { statusNews, type WatchedLead } from './steps/status-news.ts'
import { statusChanged } from './steps/webhook-bodies.ts'
import type { Mark } from './stores/marks.ts'
import type { TakenIn } from './take-in-contacts.ts'

const DAY_MS = 86_400_000
/** A lead that nobody has closed after so long is not watched any more. */
const WATCHED_MS = 90 * DAY_MS
const PAGE = 100
const PAGES_MAX = 100
/** Opportunities that a search did not show, asked for one by one: those taken over from before the lead, and deleted ones. */
const SINGLES_MAX = 200

/**
 * Opportunities of a location's sub-account against what we believe of our leads there: a status that never came goes in
 * through the front door, and leads whose contact GHL does not know any more are counted. All of them are read, newest
 * first: GHL's search has no "changed since".
 */
export async function compareOpportunities(deps: ReconcileDeps, tenant: string, mark: Mark): Promise<TakenIn> {
  const result: TakenIn = { seen: 0, takenIn: 0, missing: 0, fault: null }
  const nowMs = deps.clock()
  const untilMs = nowMs - deps.window.lagMs
  const watched = await deps.leads.watched(tenant, mark.locationId, nowMs - WATCHED_MS)
  const unseen = new Map(watched.map((lead) => [lead.opportunityId ?? lead.contactId, lead]))
  const tokens = deps.tokens.of(tenant, mark.locationId)
  const compare = async (lead: WatchedLead, opportunity: Opportunity): Promise<void> => {
    const changedAt = statusNews(lead, opportunity, untilMs)
    if (changedAt === null) return
    const { duplicate } = await deps.frontDoor(statusChanged(mark.locationId, opportunity, changedAt))
    if (!duplicate) result.takenIn += 1
  }
  if (watched.length > 0) {
    const isWhole = await eachOpportunity(deps, tokens, mark.locationId, oldestDay(watched), async (opportunity) => {
      result.seen += 1
      const lead = unseen.get(opportunity.id)
      if (!lead) return
      unseen.delete(opportunity.id)
      await compare(lead, opportunity)
    })
    const singles = [...unseen.values()]
    if (!isWhole || singles.length > SINGLES_MAX) result.fault = 'MORE_TO_COME'
    for (const lead of singles.slice(0, SINGLES_MAX)) {
      const opportunity = await findSingly(deps, tokens, mark.locationId, lead)
      if (opportunity === 'contact-missing') result.missing += 1
      else if (opportunity !== null) await compare(lead, opportunity)
    }
  }
  if (result.fault === null) await deps.marks.advance(mark, untilMs)
  return result
}

/** @returns false when there are more than may be read in one run. */
async function eachOpportunity(
  { ghl, stopping }: ReconcileDeps,
  tokens: TokenSource,
  locationId: string,
  day: string,
  act: (opportunity: Opportunity) => Promise<void>,
): Promise<boolean> {
  let after: Pick<OpportunitySearch, 'startAfter' | 'startAfterId'> = {}
  for (let page = 0; page < PAGES_MAX; page++) {
    stopping.throwIfAborted()
    const search = { locationId, status: 'all', order: 'added_desc', date: day, limit: PAGE, ...after } as const
    const { opportunities, meta } = await withToken(tokens, (token) => ghl.searchOpportunities(token, search))
    for (const opportunity of opportunities) await act(opportunity)
    const { startAfter, startAfterId } = meta
    if (opportunities.length < PAGE || startAfter == null || !startAfterId) return true
    after = { startAfter, startAfterId }
  }
  return false
}

/** The search may be late, or the opportunity older than the lead; a contact that GHL denies is gone. */
async function findSingly(
  { ghl, stopping }: ReconcileDeps,
  tokens: TokenSource,
  locationId: string,
  { contactId, opportunityId }: WatchedLead,
): Promise<Opportunity | 'contact-missing' | null> {
  stopping.throwIfAborted()
  const opportunity =
    opportunityId === null
      ? null
      : await orNull(withToken(tokens, (token) => ghl.getOpportunity(token, locationId, opportunityId)))
  if (opportunity) return opportunity
  const contact = await orNull(withToken(tokens, (token) => ghl.getContact(token, locationId, contactId)))
  return contact ? null : 'contact-missing'
}

/** GHL says 400 or 404 of an id that it does not know. */
async function orNull<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked
  } catch (error) {
    if (
      error instanceof GhlFault &&
      (error.status === 404 || (error.status === 400 && /not found/i.test(error.message)))
    )
      return null
    throw error
  }
}

/** The day of the first delivery, and one before it for the time zones, as GHL writes days: mm-dd-yyyy. */
function oldestDay(watched: readonly WatchedLead[]): string {
  const firstMs = Math.min(...watched.map(({ deliveredAt }) => Date.parse(deliveredAt)))
  const [year, month, day] = new Date(firstMs - DAY_MS).toISOString().slice(0, 10).split('-')
  return `${month}-${day}-${year}`
}
