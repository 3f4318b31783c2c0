import { pino } from 'pino'
import type { FoundContact, Opportunity, SearchMark } from '../../delivery/ghl/steps/ghl-bodies.ts'
import { GhlFault } from '../../delivery/ghl/steps/ghl-fault.ts'
import type { ReconcileDeps } from '../../delivery/reconcile/reconcile-deps.ts'
import type { WatchedLead } from '../../delivery/reconcile/steps/status-news.ts'
import type { WebhookBody } from '../../delivery/reconcile/steps/webhook-bodies.ts'

export type PretendGhl = {
  contacts: FoundContact[]
  opportunities: Opportunity[]
  /** Not shown by the search, but there when asked for. */
  hidden: Opportunity[]
}
export type PretendKnown = { contacts: Set<string>; watched: WatchedLead[] }

export const nowMs = Date.UTC(2026, 10, 22, 12)
export const atMinute = (minute: number): string => new Date(nowMs + minute * 60_000).toISOString()

/** Reconcile over a GHL and stores in memory; `posted` is what went through the front door, `marked` where the mark went. */
export function pretendReconcile(ghl: PretendGhl, known: PretendKnown) {
  const posted: WebhookBody[] = []
  const marked: number[] = []
  const wentOn: (SearchMark | null)[] = []
  const calls: string[] = []
  const notThere = (operation: string) => new GhlFault({ operation, status: 400, message: 'id not found' })
  const page = <T>(rows: readonly T[], after: number, limit: number) => rows.slice(after, after + limit)
  const client = {
    searchContacts: async (_token: string, { pageLimit, filters, searchAfter }: never) => {
      calls.push('searchContacts')
      const [{ value }] = filters as [{ value: { gt: string; lte: string } }]
      const isFound = ({ dateAdded }: FoundContact) => dateAdded! > value.gt && dateAdded! <= value.lte
      const contacts: FoundContact[] = []
      let at = Number((searchAfter as number[] | undefined)?.[0] ?? 0)
      while (contacts.length < pageLimit && at < ghl.contacts.length) {
        const contact = ghl.contacts[at++]!
        if (isFound(contact)) contacts.push({ ...contact, searchAfter: [at] })
      }
      return { contacts, total: ghl.contacts.filter(isFound).length }
    },
    searchOpportunities: async (_token: string, { limit, startAfter = 0 }: { limit: number; startAfter?: number }) => {
      calls.push('searchOpportunities')
      const opportunities = page(ghl.opportunities, startAfter, limit)
      return { opportunities, meta: { total: 0, startAfter: startAfter + limit, startAfterId: 'id' } }
    },
    getOpportunity: async (_token: string, _location: string, id: string) => {
      calls.push('getOpportunity')
      const found = ghl.hidden.find((one) => one.id === id)
      if (!found) throw notThere('get-opportunity')
      return found
    },
    getContact: async (_token: string, _location: string, id: string) => {
      calls.push('getContact')
      const found = ghl.contacts.find((one) => one.id === id)
      if (!found) throw notThere('get-contact')
      return found
    },
  }
  const deps = {
    ghl: client,
    tokens: { of: () => ({ current: async () => 'token', refuse: () => undefined }) },
    marks: {
      advance: async (_mark: unknown, ms: number) => void marked.push(ms),
      goOnAt: async (_mark: unknown, at: SearchMark | null) => void wentOn.push(at),
    },
    leads: {
      contacts: async (_tenant: string, _location: string, ids: string[]) =>
        new Set(ids.filter((id) => known.contacts.has(id))),
      watched: async () => known.watched,
    },
    frontDoor: async (body: WebhookBody) => {
      posted.push(body)
      return { duplicate: false }
    },
    window: { overlapMs: 15 * 60_000, lagMs: 120_000 },
    clock: () => nowMs,
    stopping: new AbortController().signal,
    log: pino({ level: 'silent' }),
  } as unknown as ReconcileDeps
  return { deps, posted, marked, wentOn, calls }
}
