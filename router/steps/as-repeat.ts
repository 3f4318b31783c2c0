import type { Lead } from '../../decide/lead.ts'
import { derivedUuid } from '../../kernel/derived-uuid.ts'
import type { KnownLead } from './known-person.ts'

export type Repeat =
  /** Somebody new, a known person who asks again, or an event that was handled before: its lead keeps its id. */
  | { kind: 'lead'; lead: Lead }
  /** The same enquiry told twice: nothing is decided, the lead learns what is new about the person. */
  | { kind: 'same'; leadId: string; leadCreatedAt: string }

const MINUTE_MS = 60_000

/**
 * Is this submission a lead of its own? Within `duplicateMinutes` of another of the same person it is that lead. Later it
 * is a new one; when the same contact tells it, under a key that counts its enquiries, so that two routers with two
 * webhooks of one submission still make one lead.
 */
export function asRepeat(lead: Lead, known: readonly KnownLead[], duplicateMinutes: number): Repeat {
  const own = known.find(({ eventId }) => eventId === lead.eventId)
  if (own) return { kind: 'lead', lead: { ...lead, leadId: own.leadId, key: own.key ?? lead.key } }
  const alive = newestFirst(known.filter(({ isErased }) => !isErased))
  const recent =
    alive.find((one) => isSoonAfter(one, lead, duplicateMinutes)) ?? alive.findLast((one) => isToldLate(one, lead))
  if (recent) return { kind: 'same', leadId: recent.leadId, leadCreatedAt: recent.createdAt }
  const enquiries = known.flatMap((one) => (one.kind === 'contact' ? [ordinal(one)] : []))
  if (enquiries.length === 0) return { kind: 'lead', lead }
  const key = `${lead.key}#${Math.max(...enquiries) + 1}`
  return { kind: 'lead', lead: { ...lead, key, leadId: derivedUuid('lead', lead.tenant, key) } }
}

/** By when they came, or by when it happened: a webhook that never came is taken in hours later. */
const isSoonAfter = ({ createdAt }: KnownLead, lead: Lead, minutes: number): boolean =>
  isWithin(createdAt, lead.createdAt, minutes) ||
  (lead.askedAt !== undefined && isWithin(createdAt, lead.askedAt, minutes))

const isWithin = (a: string, b: string, minutes: number): boolean =>
  Math.abs(Date.parse(a) - Date.parse(b)) <= minutes * MINUTE_MS

/** It happened before that lead of the same contact was taken in: a webhook that reconcile, or a workflow, was ahead of. */
const isToldLate = ({ kind, createdAt }: KnownLead, { askedAt }: Lead): boolean =>
  kind === 'contact' && askedAt !== undefined && Date.parse(askedAt) <= Date.parse(createdAt)

const newestFirst = (known: readonly KnownLead[]): KnownLead[] =>
  [...known].sort((a, b) => Date.parse(b.createdAt) - Date.parse(a.createdAt) || (a.leadId < b.leadId ? -1 : 1))

/** `denver/c1` is the first enquiry of its contact, `denver/c1#4` the fourth. */
const ordinal = ({ key }: KnownLead): number => Number(/#(\d+)$/.exec(key ?? '')?.[1] ?? 1)
