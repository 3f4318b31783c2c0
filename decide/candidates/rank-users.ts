import { IANAZone } from 'luxon'
import type { CandidateUser, Snapshot } from '../../contracts/decision.ts'
import type { RulesetUser } from '../../contracts/ruleset.ts'
import { type Hours, isOpen } from '../hours/open-hours.ts'
import { createRendezvous } from './rendezvous.ts'

export type UserRanking = {
  /** Those of one location. */
  users: readonly RulesetUser[]
  /** The location's IANA zone: leave and hours are in its wall time. */
  timeZone: string
  nowMs: number
  /** His own hours or the location's; null: always. Give null when the lead is routed to a closed location anyway. */
  hoursOf: (user: RulesetUser) => Hours | null
  statuses: Snapshot['statuses']
  /** What the lead asks for; null: nothing. */
  service: string | null
  language: string | null
  previousUserIds: readonly string[]
  /** Who knows this person: first whenever he is eligible, even without a share in the rotation. */
  stickyUserId: string | null
  /** The label of the cap that is full, `day 5/5`; null when all have room. */
  isFull: (userId: string) => string | null
  /** Entitled minus received, in leads. */
  shortfallOf: (userId: string) => number
  seed: string
}

type Refusal = Pick<CandidateUser, 'reason' | 'detail'>

/** Eligible users by claim: the sticky one, then the largest shortfall, then by lot. After them the others, by id. */
export function rankUsers(input: UserRanking): CandidateUser[] {
  const today = localDates(input)
  const candidates = input.users.map(
    (user): CandidateUser => ({
      userId: user.id,
      shortfall: Math.round(input.shortfallOf(user.id) * 1e6) / 1e6 + 0,
      rank: null,
      ...refusalOf(user, input, today),
    }),
  )
  const byLot = createRendezvous(input.seed)
  const isSticky = ({ userId }: CandidateUser): number => Number(userId === input.stickyUserId)
  const eligible = candidates
    .filter(({ reason }) => reason === null)
    .sort((a, b) => isSticky(b) - isSticky(a) || b.shortfall - a.shortfall || byLot(a.userId, b.userId))
  const refused = candidates.filter(({ reason }) => reason !== null).sort((a, b) => (a.userId < b.userId ? -1 : 1))
  return [...eligible.map((candidate, i) => ({ ...candidate, rank: i + 1 })), ...refused]
}

/** In a fixed order; the first that applies is the reason. */
function refusalOf(user: RulesetUser, input: UserRanking, today: () => string): Refusal {
  const status = input.statuses[user.id]
  if (status) return { reason: 'ABSENT', detail: status }
  const leave = user.leave.length > 0 ? user.leave.find(({ from, to }) => from <= today() && today() <= to) : undefined
  if (leave) return { reason: 'ABSENT', detail: `on leave until ${leave.to}` }
  const hours = input.hoursOf(user)
  if (hours && !isOpen(hours, input.timeZone, input.nowMs)) return { reason: 'HOURS', detail: null }
  if (lacks(user.skills, input.service)) return { reason: 'SERVICE', detail: input.service }
  if (lacks(user.languages, input.language)) return { reason: 'LANGUAGE', detail: input.language }
  const full = input.isFull(user.id)
  if (full !== null) return { reason: 'CAP', detail: full }
  if (input.previousUserIds.includes(user.id)) return { reason: 'PREVIOUS_ASSIGNEE', detail: null }
  if (user.weight <= 0 && user.id !== input.stickyUserId) return { reason: 'NO_SHARE', detail: null }
  return { reason: null, detail: null }
}

const lacks = (offered: readonly string[], asked: string | null): boolean =>
  asked !== null && offered.length > 0 && !offered.some((entry) => entry.toLowerCase() === asked.toLowerCase())

/** The location's date, computed only when somebody has leave at all. */
function localDates({ timeZone, nowMs }: UserRanking): () => string {
  let date: string | undefined
  return () => {
    date ??= new Date(nowMs + IANAZone.create(timeZone).offset(nowMs) * 60_000).toISOString().slice(0, 10)
    return date
  }
}
