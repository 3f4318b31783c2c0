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

/** A webhook is stamped when it is sent, which is after the change that it tells: by so much the two clocks may differ. */
const STAMP_LATE_MS_MAX = 60_000

/**
 * When GHL's status of the opportunity is one that never came to us: the instant at which it changed, or the first one
 * that counts after what we know; else null. A status plainly older than what we know is the other way round: somebody told
 * us of a second opportunity of the same contact.
 */
export function statusNews(known: WatchedLead, found: Opportunity, untilMs: number): string | null {
  const changedAt = found.lastStatusChangeAt ?? found.updatedAt
  if (found.status === undefined || !STATUSES.has(found.status) || found.status === known.status) return null
  if (changedAt === undefined) return null
  const changedMs = Date.parse(changedAt)
  if (!(changedMs <= untilMs)) return null
  if (known.statusAt === null) return new Date(changedMs).toISOString()
  const knownMs = Date.parse(known.statusAt)
  if (changedMs <= knownMs - STAMP_LATE_MS_MAX) return null
  return new Date(Math.max(changedMs, knownMs + 1)).toISOString()
}
