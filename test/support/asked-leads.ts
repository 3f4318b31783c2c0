import type { Decision } from '../../contracts/decision.ts'

export const HOUR_MS = 3_600_000
export const DAY_MS = 24 * HOUR_MS

/** One lead of the twenty questions, as a person would tell it. */
export type AskedLead = {
  n: number
  daysAgo: number
  /** UTC, 0 to 23. */
  hour: number
  at: 'north1' | 'north2' | 'south1' | 'south2' | null
  outcome?: Decision['outcome']
  fallback?: Decision['fallback']
  cell?: string
  source: string
  campaign?: string
  user?: string
  /** Seconds from created to contacted by a person; absent: nobody has called. */
  calledAfterS?: number
  /** The same in open hours. */
  openS?: number
  appointment?: boolean
  /** Days from created to won. */
  wonAfterDays?: number
  worth?: number
  /** Had it first and did not call in time. */
  missedBy?: 'north1' | 'south1'
  /** No router ever saw its event. */
  undecided?: boolean
}

export const regionOf = (location: string): string => location.replace(/\d$/, '')
const EMPTY_CELL = '872664c1affffff'

/** Small enough to check by hand, with every turn that the questions ask about. */
export const askedLeads: AskedLead[] = [
  {
    n: 1,
    daysAgo: 2,
    hour: 9,
    at: 'north1',
    source: 'google',
    campaign: 'spring',
    user: 'ann',
    calledAfterS: 60,
    openS: 60,
    appointment: true,
    wonAfterDays: 1,
    worth: 900,
  },
  {
    n: 2,
    daysAgo: 2,
    hour: 9,
    at: 'north1',
    source: 'google',
    campaign: 'spring',
    user: 'bob',
    calledAfterS: 200,
    openS: 200,
  },
  {
    n: 3,
    daysAgo: 3,
    hour: 20,
    at: 'north1',
    source: 'meta',
    campaign: 'autumn',
    user: 'ann',
    calledAfterS: 50_000,
    openS: 240,
    appointment: true,
    wonAfterDays: 2,
    worth: 100,
  },
  { n: 4, daysAgo: 4, hour: 14, at: 'north1', source: 'form', user: 'ann' },
  {
    n: 5,
    daysAgo: 5,
    hour: 14,
    at: 'north2',
    source: 'google',
    campaign: 'spring',
    user: 'cid',
    calledAfterS: 400,
    openS: 400,
  },
  {
    n: 6,
    daysAgo: 5,
    hour: 15,
    at: 'south1',
    source: 'meta',
    campaign: 'autumn',
    user: 'dee',
    calledAfterS: 299,
    openS: 299,
    appointment: true,
  },
  {
    n: 7,
    daysAgo: 6,
    hour: 15,
    at: 'south1',
    source: 'form',
    user: 'dee',
    calledAfterS: 30,
    openS: 30,
    wonAfterDays: 1,
    worth: 50,
  },
  {
    n: 8,
    daysAgo: 20,
    hour: 8,
    at: 'south1',
    source: 'google',
    campaign: 'spring',
    user: 'eve',
    calledAfterS: 600,
    openS: 500,
    appointment: true,
    wonAfterDays: 17,
    worth: 2_000,
  },
  { n: 9, daysAgo: 20, hour: 8, at: 'south2', source: 'google', user: 'fay' },
  {
    n: 10,
    daysAgo: 1,
    hour: 12,
    at: 'south2',
    source: 'meta',
    user: 'fay',
    missedBy: 'south1',
    calledAfterS: 3_000,
    openS: 2_000,
  },
  { n: 11, daysAgo: 3, hour: 3, at: null, outcome: 'hq', fallback: 'NO_COVERAGE', cell: EMPTY_CELL, source: 'form' },
  { n: 12, daysAgo: 4, hour: 3, at: null, outcome: 'hq', fallback: 'NO_COVERAGE', cell: EMPTY_CELL, source: 'form' },
  { n: 13, daysAgo: 5, hour: 4, at: null, outcome: 'held', fallback: 'ALL_FULL', source: 'google', campaign: 'spring' },
  {
    n: 14,
    daysAgo: 45,
    hour: 10,
    at: 'north2',
    source: 'google',
    campaign: 'winter',
    user: 'cid',
    calledAfterS: 90,
    openS: 90,
    wonAfterDays: 41,
    worth: 700,
  },
  { n: 15, daysAgo: 2, hour: 11, at: null, source: 'form', undecided: true },
]

/** Milliseconds at which the lead was created, `todayMs` being the start of the UTC day. */
export const createdMs = ({ daysAgo, hour }: AskedLead, todayMs: number): number =>
  todayMs - daysAgo * DAY_MS + hour * HOUR_MS
