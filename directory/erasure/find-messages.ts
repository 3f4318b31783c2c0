import type { Decision } from '../../contracts/decision.ts'
import type { Delivery } from '../../contracts/delivery.ts'
import { streams, subjects, unknownToken } from '../../contracts/streams.ts'
import { readLetter } from '../steps/read-letter.ts'
import { matchEvent, namesDetails } from './steps/match-event.ts'
import type { Sought } from './steps/sought.ts'
import { withoutPerson } from './steps/without-person.ts'
import type { FoundLead } from './stores/erasure-store.ts'
import type { MessageSearch } from './stores/message-search.ts'

export type FoundMessage = { stream: string; seq: number }
export type FoundMessages = {
  messages: FoundMessage[]
  /** Ids of what must be a row in ClickHouse before its message goes. */
  expected: { events: string[]; decisions: string[]; deliveries: string[] }
  /** Decisions that hold something of the person and that delivery has yet to settle. */
  left: number
  lastEventSeq: number
}

/**
 * All messages about the person. Contacts that are met on the way are added to `sought` and looked for as well: what
 * the person wrote may come without e-mail and phone. @param lead those of the person by id
 */
export async function findMessages(
  search: Pick<MessageSearch, 'each'>,
  sought: Sought,
  leads: ReadonlyMap<string, FoundLead>,
): Promise<FoundMessages> {
  const found: FoundMessages = {
    ...{ messages: [], expected: { events: [], decisions: [], deliveries: [] }, left: 0, lastEventSeq: 0 },
  }
  await findEvents(search, sought, found)
  await findLetters(search, sought, leads, found)
  if (leads.size > 0) await findOfLeads(search, sought.tenant, leads, found)
  return found
}

/** The sub-account may have been unknown when its event came. */
const under = (root: string, tenant: string): string[] => [`${root}.${token(tenant)}.>`, `${root}.${unknownToken}.>`]

const token = (tenant: string): string => subjects.deadLetter('', tenant).split('.')[2]!

async function findEvents(search: Pick<MessageSearch, 'each'>, sought: Sought, found: FoundMessages): Promise<void> {
  const stream = streams.events.name
  for (let known = -1; known < sought.contacts.size; ) {
    known = sought.contacts.size
    const events = new Map<number, string | null>()
    await search.each(stream, under('events', sought.tenant), ({ seq, text }) => {
      const match = matchEvent(text, sought)
      if (!match) return
      events.set(seq, match.eventId)
      if (match.contact) sought.contacts.add(match.contact)
    })
    found.messages = [...events.keys()].map((seq) => ({ stream, seq }))
    found.expected.events = [...new Set([...events.values()].filter((id) => id !== null))]
    found.lastEventSeq = Math.max(0, ...events.keys())
  }
}

async function findLetters(
  search: Pick<MessageSearch, 'each'>,
  sought: Sought,
  leads: ReadonlyMap<string, FoundLead>,
  found: FoundMessages,
): Promise<void> {
  const stream = streams.deadLetters.name
  const tenants = [token(sought.tenant), unknownToken].map((tenant) => `dlq.*.${tenant}`)
  await search.each(stream, tenants, ({ seq, text }) => {
    const { payload } = readLetter({ seq, subject: '', storedAt: '', bytes: Buffer.from(text) })
    const inner = payload?.toString() ?? ''
    const isOfLead = [...leads.keys()].some((id) => inner.includes(id))
    if (isOfLead || matchEvent(inner, sought) || namesDetails(text, sought)) found.messages.push({ stream, seq })
  })
}

/** Decisions with an exact point or a text of the person, and deliveries: they name the contact in GHL. */
async function findOfLeads(
  search: Pick<MessageSearch, 'each'>,
  tenant: string,
  leads: ReadonlyMap<string, FoundLead>,
  found: FoundMessages,
): Promise<void> {
  await search.each(streams.decisions.name, under('decisions', tenant), ({ seq, text }) => {
    const decision = ofLead<Decision>(text, leads)
    if (!decision) return
    const lead = leads.get(decision.leadId)!
    if (JSON.stringify(withoutPerson(decision, lead.texts)) === text) return
    if (!lead.settledAttempts.includes(decision.attempt)) {
      found.left += 1
      return
    }
    found.messages.push({ stream: streams.decisions.name, seq })
    found.expected.decisions.push(decision.decisionId)
  })
  await search.each(streams.deliveries.name, under('deliveries', tenant), ({ seq, text }) => {
    const delivery = ofLead<Delivery>(text, leads)
    if (!delivery) return
    found.messages.push({ stream: streams.deliveries.name, seq })
    found.expected.deliveries.push(delivery.deliveryId)
  })
}

function ofLead<T extends { leadId: string }>(text: string, leads: ReadonlyMap<string, FoundLead>): T | null {
  const id = /"leadId":"([0-9a-f-]{36})"/.exec(text)?.[1]
  return id !== undefined && leads.has(id) ? (JSON.parse(text) as T) : null
}
