import { IANAZone } from 'luxon'
import type { CandidateUser } from '../../contracts/decision.ts'
import type { RulesetUser } from '../../contracts/ruleset.ts'
import type { Snapshot } from '../../contracts/snapshot.ts'
import { type Hours, isOpen } from '../hours/open-hours.ts'
import { createRendezvous } from './rendezvous.ts'

export type UserRanking = {
  /** Those of one location. */
  users: readonly RulesetUser[]
  /** Its IANA zone: leave and hours are in its wall time. */
  location: { timeZone: string }
  nowMs: number
  /** His own hours or the location's; null: always. Give null when the lead is routed to a closed location anyway. */
  hoursOf: (user: RulesetUser) => Hours | null
  statuses: Snapshot['statuses']
  /** What the lead asks for; null: nothing. */
  service: string | null
  language: string | null
  previousUserIds: readonly string[]
  /** Knows this person, or was named by hand: first whenever he is eligible, even without a share in the rotation. */
  preferredUserId: string | null
  /** The label of the cap that is full, `day 5/5`; null when all have room. */
  isFull: (userId: string) => string | null
  /** Balance of the rotation before this lead: entitled minus received, in leads. */
  shortfallOf: (userId: string) => number
  seed: string
}

type Refusal = Pick<CandidateUser, 'reason' | 'detail'>

/**
 * Eligible users by claim: the preferred one, then the largest shortfall, then by lot. After them the others, by id. The
 * shortfall of the eligible counts their share of this lead too: crediting before choosing keeps all nearer to their share
 * (at most 1.2 leads behind in 1,500 random teams of 2 to 10, against 1.6 the other way round; never 1 lead ahead).
 */
export function rankUsers(input: UserRanking): CandidateUser[] {
  const today = localDates(input)
  const asked = input.users.map((user) => ({ user, refusal: refusalOf(user, input, today) }))
  const eligible = asked.filter(({ refusal }) => refusal === null).map(({ user }) => user)
  const total = eligible.reduce((sum, { weight }) => sum + weight, 0)
  const byLot = createRendezvous(input.seed)
  const isPreferred = ({ userId }: CandidateUser): number => Number(userId === input.preferredUserId)
  const ranked = eligible
    .map(({ id, weight }) => toCandidate(id, input.shortfallOf(id) + (total > 0 ? weight / total : 0), null))
    .sort((a, b) => isPreferred(b) - isPreferred(a) || b.shortfall - a.shortfall || byLot(a.userId, b.userId))
  const refused = asked
    .filter(({ refusal }) => refusal !== null)
    .map(({ user, refusal }) => toCandidate(user.id, input.shortfallOf(user.id), refusal))
    .sort((a, b) => (a.userId < b.userId ? -1 : 1))
  return [...ranked.map((candidate, i) => ({ ...candidate, rank: i + 1 })), ...refused]
}

const toCandidate = (userId: string, shortfall: number, refusal: Refusal | null): CandidateUser => ({
  userId,
  shortfall: Math.round(shortfall * 1e6) / 1e6 + 0,
  rank: null,
  reason: refusal?.reason ?? null,
  detail: refusal?.detail ?? null,
})

/** In a fixed order; the first that applies is the reason. */
function refusalOf(user: RulesetUser, input: UserRanking, today: () => string): Refusal | null {
  const status = input.statuses[user.id]
  if (status) return { reason: 'ABSENT', detail: status }
  const leave = user.leave.length > 0 ? user.leave.find(({ from, to }) => from <= today() && today() <= to) : undefined
  if (leave) return { reason: 'ABSENT', detail: `on leave until ${leave.to}` }
  const hours = input.hoursOf(user)
  if (hours && !isOpen(hours, input.location.timeZone, input.nowMs)) return { reason: 'HOURS', detail: null }
  if (lacks(user.skills, input.service)) return { reason: 'SERVICE', detail: input.service }
  if (lacks(user.languages, input.language)) return { reason: 'LANGUAGE', detail: input.language }
  const full = input.isFull(user.id)
  if (full !== null) return { reason: 'CAP', detail: full }
  if (input.previousUserIds.includes(user.id)) return { reason: 'PREVIOUS_ASSIGNEE', detail: null }
  if (user.weight <= 0 && user.id !== input.preferredUserId) return { reason: 'NO_SHARE', detail: null }
  return null
}

const lacks = (offered: readonly string[], asked: string | null): boolean =>
  asked !== null && offered.length > 0 && !offered.some((entry) => entry.toLowerCase() === asked.toLowerCase())

/** The location's date, computed only when somebody has leave at all. */
function localDates({ location: { timeZone }, nowMs }: UserRanking): () => string {
  let date: string | undefined
  return () => {
    date ??= new Date(nowMs + IANAZone.create(timeZone).offset(nowMs) * 60_000).toISOString().slice(0, 10)
    return date
  }
}
