import type { AnalyticsRequest } from '../../contracts/analytics-request.ts'
import { derivedUuid } from '../../kernel/derived-uuid.ts'
import { askDelivery } from '../ask-delivery.ts'
import { problems } from '../problems.ts'
import type { AskAnalytics } from '../stores/analytics-link.ts'
import type { AskDelivery } from '../stores/delivery-link.ts'
import { type FoundMessages, findMessages } from './find-messages.ts'
import type { Sought } from './steps/sought.ts'
import { isExact } from './steps/without-person.ts'
import type { ErasureStore, FoundLead } from './stores/erasure-store.ts'
import type { MessageSearch } from './stores/message-search.ts'

export type ErasePersonDeps = {
  store: ErasureStore
  search: MessageSearch
  askAnalytics: AskAnalytics
  askDelivery: AskDelivery
  pause: (ms: number) => Promise<unknown>
}
export type Erased = {
  leads: number
  contacts: number
  /** Of the streams. */
  messages: number
  /** null: it was not to be told. */
  ghl: { marked: number; gone: number } | null
  /** Decisions with an exact point that delivery has yet to settle: they go with the age of the stream. */
  left: number
}

type Found = FoundMessages & { leads: FoundLead[] }

/** A round that still finds somebody came across what came meanwhile. */
const ROUNDS_MAX = 4
const ROUTED_WITHIN_MS = 20_000
const LOOK_EVERY_MS = 100

/**
 * Removes one person everywhere; leads stay as numbers. Postgres goes last and in one transaction: killed anywhere before,
 * the next call finds the person by the same rows and does all of it again, and every step may be done twice. Before a
 * message goes, whoever has to read it has: no lead gets lost, no figure changes.
 */
export async function erasePerson(deps: ErasePersonDeps, sought: Sought, isGhlTold: boolean): Promise<Erased> {
  const erased = await deps.store.unlessRebuilding(() => eraseInRounds(deps, sought, isGhlTold))
  if (!erased) throw new problems.unavailable('The analytics are being rebuilt. Try again when that has ended.')
  return erased
}

async function eraseInRounds(deps: ErasePersonDeps, sought: Sought, isGhlTold: boolean): Promise<Erased> {
  const erased: Erased = { leads: 0, contacts: 0, messages: 0, ghl: isGhlTold ? { marked: 0, gone: 0 } : null, left: 0 }
  const told = new Set<string>()
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const found = await find(deps, sought)
    erased.left = Math.max(erased.left, found.left)
    if (found.leads.length + found.messages.length + (await deps.store.waiting(sought)) === 0) {
      return { ...erased, contacts: sought.contacts.size }
    }
    if (erased.ghl) await tellGhl(deps, sought, told, erased.ghl)
    await eraseRows(deps, sought, found)
    for (const { stream, seq } of found.messages) await deps.search.erase(stream, seq)
    await deps.store.erase(sought, found.leads)
    erased.leads += found.leads.length
    erased.messages += found.messages.length
  }
  throw new problems.unavailable('Messages about this person keep coming. Try again in a minute.')
}

/** Events first: a lead that a router makes of one meanwhile is found then, because the routers are waited for. */
async function find(deps: ErasePersonDeps, sought: Sought): Promise<Found> {
  const { search, store } = deps
  for (let known = -1; ; ) {
    const before = await findMessages(search, sought, new Map())
    await untilRouted(deps, before.lastEventSeq)
    const leads = await store.find(sought)
    if (leads.some(({ isBeingWritten }) => isBeingWritten))
      throw new problems.unavailable('The lead of this person is being written to GoHighLevel. Try again in a minute.')
    for (const { leadId, contacts } of leads) {
      sought.leadIds.add(leadId)
      for (const contact of contacts) sought.contacts.add(contact)
    }
    if (sought.contacts.size === known) {
      const found = await findMessages(search, sought, new Map(leads.map((lead) => [lead.leadId, lead])))
      return { ...found, leads }
    }
    known = sought.contacts.size
  }
}

async function untilRouted({ search, pause }: ErasePersonDeps, seq: number): Promise<void> {
  for (let waitedMs = 0; !(await search.isRouted(seq)); waitedMs += LOOK_EVERY_MS) {
    if (waitedMs >= ROUTED_WITHIN_MS)
      throw new problems.unavailable('No router has read the last message of this person. Is one running? Try again.')
    await pause(LOOK_EVERY_MS)
  }
}

async function tellGhl(
  deps: ErasePersonDeps,
  { tenant, contacts }: Sought,
  told: Set<string>,
  ghl: { marked: number; gone: number },
): Promise<void> {
  const untold = [...contacts].filter((contact) => !told.has(contact))
  if (untold.length === 0) return
  const request = { kind: 'mark-erased' as const, tenant, contacts: untold.map(partsOf) }
  const { marked, gone } = await askDelivery(deps.askDelivery, request, 'marked')
  ghl.marked += marked
  ghl.gone += gone
  for (const contact of untold) told.add(contact)
}

async function eraseRows({ askAnalytics }: ErasePersonDeps, sought: Sought, { leads, expected }: Found): Promise<void> {
  const request: AnalyticsRequest = {
    kind: 'erase',
    tenant: sought.tenant,
    expected,
    leadIds: leads.map(({ leadId }) => leadId),
    exactLeadIds: leads.filter(({ place }) => isExact(place)).map(({ leadId }) => leadId),
    contacts: [...sought.contacts].map((contact) => ({
      ...partsOf(contact),
      pseudonym: `erased-${derivedUuid('erased', sought.tenant, contact)}`,
    })),
    texts: [...new Set([...sought.emails, ...sought.phones, ...leads.flatMap(({ texts }) => texts)])],
  }
  const reply = await askAnalytics(request)
  if (!reply) throw new problems.unavailable('Analytics does not answer. Is it running? Try again in a few seconds.')
  if (reply.kind === 'refused') throw new problems.unavailable(reply.message)
}

function partsOf(contact: string): { locationId: string; contactId: string } {
  const slash = contact.indexOf('/')
  return { locationId: contact.slice(0, slash), contactId: contact.slice(slash + 1) }
}
