import type { StickyOwner } from '../../contracts/snapshot.ts'
import type { Lead } from '../../decide/lead.ts'
import { asRepeat } from './as-repeat.ts'
import { type Identity, identitiesOf } from './identities.ts'
import { type KnownLead, type StickyOptions, stickyOwner } from './known-person.ts'
import type { PersonPolicy } from './person-policy.ts'

export type Recognised = {
  /** To be decided, each with who knows the person. */
  leads: { lead: Lead; sticky: StickyOwner | null }[]
  /** Enquiries told again: only the person is new. They may name a lead of `leads`, so record them after its commit. */
  repeats: { leadId: string; leadCreatedAt: string; person: Lead['person']; at: string }[]
}

/** Sorts a batch of submissions into leads and repetitions, in order: the first of two in one batch is known to the second. */
export function recognise(
  submitted: readonly Lead[],
  knownOf: ReadonlyMap<string, readonly KnownLead[]>,
  policyOf: (tenant: string) => PersonPolicy,
  { nowMs, isActive }: Pick<StickyOptions, 'nowMs' | 'isActive'>,
): Recognised {
  const recognised: Recognised = { leads: [], repeats: [] }
  const accepted = new Map<string, KnownLead[]>()
  for (const given of submitted) {
    const policy = policyOf(given.tenant)
    const identities = identitiesOf(given)
    const known = [...(knownOf.get(given.eventId) ?? []), ...inBatch(accepted, given, identities)]
    const repeat = asRepeat(given, known, policy.duplicateMinutes)
    if (repeat.kind === 'same') {
      const { leadId, leadCreatedAt } = repeat
      recognised.repeats.push({ leadId, leadCreatedAt, person: given.person, at: given.createdAt })
      continue
    }
    const { lead } = repeat
    const sticky = stickyOwner(known, { leadId: lead.leadId, nowMs, policy, isActive })
    recognised.leads.push({ lead, sticky })
    remember(accepted, lead, identities)
  }
  return recognised
}

const slot = ({ tenant }: Lead, { kind, value }: Identity): string => `${tenant} ${kind} ${value}`

const inBatch = (accepted: Map<string, KnownLead[]>, lead: Lead, identities: readonly Identity[]): KnownLead[] =>
  identities.flatMap((identity) => accepted.get(slot(lead, identity)) ?? [])

function remember(accepted: Map<string, KnownLead[]>, lead: Lead, identities: readonly Identity[]): void {
  for (const identity of identities) {
    const known: KnownLead = {
      leadId: lead.leadId,
      eventId: lead.eventId,
      createdAt: lead.createdAt,
      key: lead.key,
      kind: identity.kind,
      isAssigned: false,
      isErased: false,
      locationId: null,
      userId: null,
      state: 'new',
      stateSince: null,
      touchedAt: null,
    }
    const at = slot(lead, identity)
    accepted.set(at, [...(accepted.get(at) ?? []), known])
  }
}
