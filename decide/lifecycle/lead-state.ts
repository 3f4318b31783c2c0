import { type LeadState, type LifecycleFact, transitions } from './transitions.ts'

export type Happening = {
  fact: LifecycleFact
  /** ISO 8601 UTC with milliseconds, so that texts sort as instants do. */
  occurredAt: string
  /** The sub-account that it happened in; of `assigned`, the new owner. */
  locationId: string
}

/** `since` is null while the lead is in its first state. */
export type LeadStanding = { state: LeadState; since: string | null }

/**
 * A fold over all that is known of a lead, by time: how often and in which order it was told never matters. Only what
 * the owner of the moment does counts, so that a former owner who clears up his pipeline does not end the lead of the
 * next; before the first `assigned` everything does.
 */
export function leadState(happenings: readonly Happening[]): LeadStanding {
  let owner: string | null = null
  let standing: LeadStanding = { state: 'new', since: null }
  for (const { fact, occurredAt, locationId } of inOrder(happenings)) {
    if (fact === 'assigned') owner = locationId
    if (owner !== null && locationId !== owner) continue
    const state = transitions[standing.state][fact]
    if (state !== standing.state) standing = { state, since: occurredAt }
  }
  return standing
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
