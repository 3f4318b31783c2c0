import type { FactKind } from '../../contracts/lead-fact.ts'

/** Where a lead stands with its owner. `engaged`: the person answered. */
export const leadStates = [
  'new',
  'assigned',
  'contacted',
  'engaged',
  'appointment',
  'won',
  'lost',
  'abandoned',
  'unqualified',
] as const
export type LeadState = (typeof leadStates)[number]

/** What moves a lead: facts of its sub-account, and our own decisions (`assigned`). */
export type LifecycleFact = FactKind | 'assigned'

/**
 * The whole lifecycle: every state has a next state for every fact.
 * Work only goes forward (a second call does not undo an answer); an appointment that is called off leaves an engaged
 * person. An ended lead comes back by `open`, a new appointment or a new owner. `unqualified` is a verdict on the person
 * that an open opportunity does not lift: every edit of the opportunity says `open` again. A customer stays a customer
 * through a new owner and further talk.
 */
export const transitions: Readonly<Record<LeadState, Readonly<Record<LifecycleFact, LeadState>>>> = {
  new: {
    assigned: 'assigned',
    contacted: 'contacted',
    moved: 'contacted',
    replied: 'engaged',
    appointment: 'appointment',
    cancelled: 'new',
    open: 'new',
    won: 'won',
    lost: 'lost',
    abandoned: 'abandoned',
    unqualified: 'unqualified',
  },
  assigned: {
    assigned: 'assigned',
    contacted: 'contacted',
    moved: 'contacted',
    replied: 'engaged',
    appointment: 'appointment',
    cancelled: 'assigned',
    open: 'assigned',
    won: 'won',
    lost: 'lost',
    abandoned: 'abandoned',
    unqualified: 'unqualified',
  },
  contacted: {
    // The next owner has not spoken to the person yet.
    assigned: 'assigned',
    contacted: 'contacted',
    moved: 'contacted',
    replied: 'engaged',
    appointment: 'appointment',
    cancelled: 'contacted',
    open: 'contacted',
    won: 'won',
    lost: 'lost',
    abandoned: 'abandoned',
    unqualified: 'unqualified',
  },
  engaged: {
    assigned: 'engaged',
    contacted: 'engaged',
    moved: 'engaged',
    replied: 'engaged',
    appointment: 'appointment',
    cancelled: 'engaged',
    open: 'engaged',
    won: 'won',
    lost: 'lost',
    abandoned: 'abandoned',
    unqualified: 'unqualified',
  },
  appointment: {
    assigned: 'engaged',
    contacted: 'appointment',
    moved: 'appointment',
    replied: 'appointment',
    appointment: 'appointment',
    cancelled: 'engaged',
    open: 'appointment',
    won: 'won',
    lost: 'lost',
    abandoned: 'abandoned',
    unqualified: 'unqualified',
  },
  won: {
    assigned: 'won',
    contacted: 'won',
    moved: 'won',
    replied: 'won',
    appointment: 'won',
    cancelled: 'won',
    open: 'contacted',
    won: 'won',
    lost: 'lost',
    abandoned: 'abandoned',
    unqualified: 'unqualified',
  },
  lost: {
    assigned: 'assigned',
    contacted: 'lost',
    moved: 'lost',
    replied: 'lost',
    appointment: 'appointment',
    cancelled: 'lost',
    open: 'contacted',
    won: 'won',
    lost: 'lost',
    abandoned: 'abandoned',
    unqualified: 'unqualified',
  },
  abandoned: {
    assigned: 'assigned',
    contacted: 'abandoned',
    moved: 'abandoned',
    replied: 'abandoned',
    appointment: 'appointment',
    cancelled: 'abandoned',
    open: 'contacted',
    won: 'won',
    lost: 'lost',
    abandoned: 'abandoned',
    unqualified: 'unqualified',
  },
  unqualified: {
    assigned: 'assigned',
    contacted: 'unqualified',
    moved: 'unqualified',
    replied: 'unqualified',
    appointment: 'appointment',
    cancelled: 'unqualified',
    open: 'unqualified',
    won: 'won',
    lost: 'lost',
    abandoned: 'abandoned',
    unqualified: 'unqualified',
  },
}

const ended: ReadonlySet<LeadState> = new Set(['won', 'lost', 'abandoned', 'unqualified'])
/** An ended lead holds no concurrent capacity. */
export const isEnded = (state: LeadState): boolean => ended.has(state)
