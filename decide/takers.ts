import type { CandidateUser } from '../contracts/decision.ts'
import type { Snapshot } from '../contracts/snapshot.ts'
import { rankUsers } from './candidates/rank-users.ts'
import type { Case } from './case.ts'
import { ROTATION } from './case-counters.ts'
import type { Option } from './options.ts'
import { capText, roomAt } from './room.ts'

/** Who may take the lead at a location: one of its users, or the location as such. */
export type Taker = { candidate: string; userId: string | null }

/** More takers of one location make the reservation slower and the lead no better served. */
const TAKERS_MAX = 3

const nobody: CandidateUser[] = []

/** A lead that is routed to a closed location all the same goes to its people as if they were there. */
export function usersAt({ site }: Option, isOpen: boolean, c: Case, snapshot: Snapshot, seed: string): CandidateUser[] {
  if (site.users.length === 0) return nobody
  const { location } = site
  const { request } = c.lead
  const isByHand = request.kind === 'claim' || request.kind === 'move'
  const { sticky } = c.history
  return rankUsers({
    users: site.users,
    location,
    hoursOf: (user) => (isOpen ? c.ruleset.userHoursOf(user) : null),
    service: c.traits.service,
    language: c.traits.language,
    nowMs: c.nowMs,
    seed,
    statuses: snapshot.statuses,
    previousUserIds: isByHand ? [] : request.previousUserIds,
    preferredUserId: request.userId ?? (sticky?.locationId === location.id ? sticky.userId : null),
    isFull: (userId) => {
      const place = `${location.id}/${userId}`
      const { full } = roomAt(place, c.counters.userCountersOf(location.id, userId), c, snapshot)
      return full && capText(full, place, snapshot)
    },
    shortfallOf: (userId) => (snapshot.counters[`${location.id}/${userId}`]?.[ROTATION] ?? 0) / 1e6,
  })
}

/** In the order in which the reservation asks them; those that it found full are gone. */
export function takersAt(
  { site }: Option,
  users: readonly CandidateUser[],
  { refused }: Snapshot,
  prefix: '' | '~',
): Taker[] {
  const { id } = site.location
  const takers: Taker[] = []
  for (const { userId, rank } of users) {
    if (rank !== null && takers.length < TAKERS_MAX) takers.push({ candidate: `${prefix}${id}/${userId}`, userId })
  }
  const isUserRequired = users.length > 0 && site.setting?.userRequired === true
  if (!isUserRequired) takers.push({ candidate: prefix + id, userId: null })
  return takers.filter(({ candidate }) => refused[candidate] === undefined)
}
