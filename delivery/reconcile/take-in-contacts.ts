import type { FoundContact, SearchMark } from '../ghl/steps/ghl-bodies.ts'
import { withToken } from '../ghl/stores/with-token.ts'
import type { ReconcileDeps } from './reconcile-deps.ts'
import { type SearchWindow, searchWindow } from './steps/search-window.ts'
import { contactCreated } from './steps/webhook-bodies.ts'
import { FrontDoorFault } from './stores/front-door.ts'
import type { Mark } from './stores/marks.ts'

export type TakenIn = { seen: number; takenIn: number; missing: number; fault: string | null }

const PAGE = 100
/** 10,000 contacts an hour and sub-account, 100 calls: a backlog longer than that goes on in the next run. */
const PAGES_MAX = 100

/**
 * Contacts of an intake sub-account that are no leads, oldest first, through the front door. The mark moves page by page,
 * and only past what the gateway has said 2xx to: killed anywhere, the next run starts there again. A full run is followed
 * by one that goes on behind it, without the overlap: that alone may hold more contacts than a run reads.
 */
export async function takeInContacts(deps: ReconcileDeps, tenant: string, mark: Mark): Promise<TakenIn> {
  const result: TakenIn = { seen: 0, takenIn: 0, missing: 0, fault: null }
  const window = searchWindow(mark.seenUntilMs, deps.clock(), deps.window)
  if (window === null) return result
  let { searchAfter } = mark
  for (let page = 0; page < PAGES_MAX; page++) {
    const contacts = await search(deps, tenant, mark.locationId, window, searchAfter)
    await takeIn(deps, tenant, mark.locationId, contacts, result)
    const last = contacts.at(-1)
    searchAfter = last?.searchAfter
    if (contacts.length < PAGE || searchAfter === undefined) {
      await deps.marks.advance(mark, window.toMs)
      if (mark.searchAfter) await deps.marks.goOnAt(mark, null)
      return result
    }
    await deps.marks.advance(mark, Date.parse(last!.dateAdded!))
  }
  if (searchAfter) await deps.marks.goOnAt(mark, searchAfter)
  return { ...result, fault: 'MORE_TO_COME' }
}

async function search(
  { ghl, tokens, stopping }: ReconcileDeps,
  tenant: string,
  locationId: string,
  { fromMs, toMs }: SearchWindow,
  searchAfter: SearchMark | undefined,
): Promise<FoundContact[]> {
  stopping.throwIfAborted()
  const added = { gt: new Date(fromMs).toISOString(), lte: new Date(toMs).toISOString() }
  const answer = await withToken(tokens.of(tenant, locationId), (token) =>
    ghl.searchContacts(token, {
      locationId,
      pageLimit: PAGE,
      filters: [{ field: 'dateAdded', operator: 'range', value: added }],
      sort: [{ field: 'dateAdded', direction: 'asc' }],
      ...(searchAfter ? { searchAfter } : { page: 1 }),
    }),
  )
  return answer.contacts
}

async function takeIn(
  deps: ReconcileDeps,
  tenant: string,
  locationId: string,
  contacts: readonly FoundContact[],
  result: TakenIn,
): Promise<void> {
  result.seen += contacts.length
  if (contacts.length === 0) return
  const ids = contacts.map(({ id }) => id)
  const known = await deps.leads.contacts(tenant, locationId, ids)
  for (const contact of contacts) {
    if (known.has(contact.id)) continue
    const body = contactCreated(locationId, contact)
    if (body === null) continue
    try {
      const { duplicate } = await deps.frontDoor(body)
      if (!duplicate) result.takenIn += 1
    } catch (error) {
      // One body that the gateway will never take must not hold back all that came after it.
      if (!(error instanceof FrontDoorFault) || error.code !== 'INGEST_REFUSED') throw error
      result.fault = error.code
      deps.log.error({ locationId, contactId: contact.id, error: error.message }, 'contact cannot be taken in')
    }
  }
}
