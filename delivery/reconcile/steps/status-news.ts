import type { Opportunity } from '../../ghl/steps/ghl-bodies.ts'

/** A lead that was delivered, and what we believe of its opportunity. */
export type WatchedLead = {
  leadId: string
  contactId: string
  opportunityId: string | null
  status: string
  /** When the fact happened that made it so, ISO 8601; null while none has come. */
  statusAt: string | null
  deliveredAt: string
}

const STATUSES: ReadonlySet<string> = new Set(['open', 'won', 'lost', 'abandoned'])

/**
 * When GHL's status of the opportunity is one that never came to us: the instant at which it changed, else null. A status
 * older than what we know is the other way round: somebody told us of a second opportunity of the same contact.
 */
export function statusNews(known: WatchedLead, found: Opportunity, untilMs: number): string | null {
  const changedAt = found.lastStatusChangeAt ?? found.updatedAt
  if (found.status === undefined || !STATUSES.has(found.status) || found.status === known.status) return null
  if (changedAt === undefined) return null
  const changedMs = Date.parse(changedAt)
  if (!(changedMs <= untilMs)) return null
  return known.statusAt === null || changedMs > Date.parse(known.statusAt) ? changedAt : null
}
