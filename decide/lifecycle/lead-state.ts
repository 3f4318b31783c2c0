import { type LeadState, type LifecycleFact, transitions } from './transitions.ts'

export type Happening = {
  fact: LifecycleFact
  /** ISO 8601 UTC with milliseconds, so that texts sort as instants do. */
  occurredAt: string
  /** The sub-account that it happened in; of `assigned`, the new owner. */
  locationId: string
}

export type LeadStatus = 'open' | 'won' | 'lost' | 'abandoned'

export type LeadStanding = {
  state: LeadState
  /** null while the lead is in its first state. */
  since: string | null
  /** Of its opportunity, as last told; a new owner begins with an open one. */
  status: LeadStatus
  /** When it was last told; null before the first time. */
  statusAt: string | null
}

/**
 * A fold over all that is known of a lead, by time: how often and in which order it was told never matters. Only what
 * the owner of the moment does counts, so that a former owner who clears up his pipeline does not end the lead of the
 * next; before the first `assigned` everything does.
 */
export function leadState(happenings: readonly Happening[]): LeadStanding {
  let owner: string | null = null
  const standing: LeadStanding = { state: 'new', since: null, status: 'open', statusAt: null }
  for (const { fact, occurredAt, locationId } of inOrder(happenings)) {
    if (fact === 'assigned') owner = locationId
    if (owner !== null && locationId !== owner) continue
    const state = transitions[standing.state][fact]
    if (state !== standing.state) Object.assign(standing, { state, since: occurredAt })
    const status = statusAfter(standing.status, fact)
    if (status !== null) Object.assign(standing, { status, statusAt: occurredAt })
  }
  return standing
}

/** null: says nothing about it. */
function statusAfter(status: LeadStatus, fact: LifecycleFact): LeadStatus | null {
  if (fact === 'open' || fact === 'won' || fact === 'lost' || fact === 'abandoned') return fact
  return fact === 'assigned' && (status === 'lost' || status === 'abandoned') ? 'open' : null
}

/** Whose lead it was at an instant; null before the first `assigned`. */
export function ownerAt(happenings: readonly Happening[], at: string): string | null {
  const assigned = inOrder(happenings).filter(({ fact, occurredAt }) => fact === 'assigned' && occurredAt <= at)
  return assigned.at(-1)?.locationId ?? null
}

/** Of two facts at one instant the later word of the alphabet comes last, as with the stored status. */
function inOrder(happenings: readonly Happening[]): Happening[] {
  const key = ({ occurredAt, fact, locationId }: Happening): string => `${occurredAt} ${fact} ${locationId}`
  return [...happenings].sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0))
}
