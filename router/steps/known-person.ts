import type { StickyOwner } from '../../contracts/snapshot.ts'
import type { LeadState } from '../../decide/lifecycle/transitions.ts'
import type { Identity } from './identities.ts'
import type { PersonPolicy } from './person-policy.ts'

/** A lead of the past that shares an identity with the one that comes in; `kind` is the strongest that they share. */
export type KnownLead = {
  leadId: string
  eventId: string
  createdAt: string
  key: string | null
  kind: Identity['kind']
  isAssigned: boolean
  /** Its person was erased: it neither knows anybody nor takes a repetition, but its key stays taken. */
  isErased: boolean
  locationId: string | null
  userId: string | null
  state: LeadState
  /** Since when it is in that state; null in its first. */
  stateSince: string | null
  touchedAt: string | null
}

export type StickyOptions = {
  /** The lead that is decided: it is not its own owner when it is decided again. */
  leadId: string
  nowMs: number
  policy: Pick<PersonPolicy, 'isSticky' | 'lostDays'>
  /** False for locations that are gone: their customers are free. */
  isActive: (locationId: string) => boolean
}

const DAY_MS = 86_400_000
const kindOrder = { contact: 0, phone: 1, email: 2 } as const
const relationOrder = { customer: 0, open: 1, lost: 2 } as const

/**
 * Who knows this person. The strongest identity that finds anybody decides; among its leads customer before open before
 * lost, then the latest touch, then the larger id, so that the answer never depends on the order of rows.
 */
export function stickyOwner(known: readonly KnownLead[], options: StickyOptions): StickyOwner | null {
  if (!options.policy.isSticky) return null
  const owners = known.flatMap((lead) => {
    const owner = asOwner(lead, options)
    return owner ? [{ kind: lead.kind, owner }] : []
  })
  owners.sort(
    (a, b) =>
      kindOrder[a.kind] - kindOrder[b.kind] ||
      relationOrder[a.owner.relation] - relationOrder[b.owner.relation] ||
      Date.parse(b.owner.at) - Date.parse(a.owner.at) ||
      (a.owner.leadId < b.owner.leadId ? 1 : -1),
  )
  return owners[0]?.owner ?? null
}

function asOwner(lead: KnownLead, { leadId, nowMs, policy, isActive }: StickyOptions): StickyOwner | null {
  const { locationId, userId, state, stateSince, touchedAt, createdAt } = lead
  if (!lead.isAssigned || lead.isErased || lead.leadId === leadId || locationId === null || !isActive(locationId))
    return null
  const relation = relationOf(state)
  if (relation === 'lost' && nowMs - Date.parse(stateSince ?? createdAt) > policy.lostDays * DAY_MS) return null
  return { leadId: lead.leadId, locationId, userId, relation, at: touchedAt ?? createdAt }
}

function relationOf(state: LeadState): StickyOwner['relation'] {
  switch (state) {
    case 'won':
      return 'customer'
    case 'new':
    case 'assigned':
    case 'contacted':
    case 'engaged':
    case 'appointment':
      return 'open'
    case 'lost':
    case 'abandoned':
    case 'unqualified':
      return 'lost'
  }
}
