import type { Candidate, CandidateUser, IneligibleReason, Snapshot } from '../contracts/decision.ts'
import { rankUsers } from './candidates/rank-users.ts'
import { scoreLocation } from './candidates/score-location.ts'
import type { Counter } from './capacity/counter.ts'
import type { Case } from './case.ts'
import { ROTATION } from './case-counters.ts'
import { isOpen } from './hours/open-hours.ts'
import type { Option } from './options.ts'

/** How far the chain of fallbacks has come: what was refused on one pass may be allowed on the next. */
export type Pass = {
  /** `nearest` candidates count up to this distance, metres. */
  reachM: number
  /** Soft caps refuse; in the overflow they yield. */
  softCapsRefuse: boolean
  /** Locations that had the lead before and are not asked again. */
  previousLocationIds: readonly string[]
}

/** Who may take the lead at a location: one of its users, or the location as such. */
export type Taker = { candidate: string; userId: string | null }

/** An option after all that is live was asked of it. */
export type Standing = {
  option: Option
  reason: IneligibleReason | null
  detail: string | null
  utilisation: number
  shortfall: number
  score: number
  isOpen: boolean
  /** A cap is full, but does not refuse it: chosen by hand, or soft. */
  isOverCap: boolean
  users: CandidateUser[]
  /** Best first; empty when not eligible. */
  takers: Taker[]
}

/** Near enough, or by its own claim, to be asked at all. */
export const isInReach = ({ reason }: Standing): boolean => reason !== 'DISTANCE' && reason !== 'TERRITORY'

type Refusal = { reason: IneligibleReason; detail: string | null }

/** The filters in their fixed order; the first that fails is the option's reason. */
export function weigh(option: Option, c: Case, snapshot: Snapshot, pass: Pass, seed: string): Standing {
  const { location } = option
  const hours = c.ruleset.hoursOf(location.id)
  const open = hours === null || isOpen(hours, location.timeZone, c.nowMs)
  const counters = c.countersOf(option)
  const full = counters.find((counter) => isFull(counter, location.id, c, snapshot))
  const isBlocked = full !== undefined && !option.isUncapped && (full.hard || pass.softCapsRefuse)
  const users = usersOf(option, open, c, snapshot, seed)
  const takers = takersOf(option, users, snapshot, pass, c)
  const refusal =
    refuseByState(option, c, snapshot) ??
    refuseByLead(option, c, pass) ??
    (open ? null : refuseByHours(option, c)) ??
    (isBlocked ? { reason: 'CAP' as const, detail: capText(full, location.id, snapshot) } : null) ??
    refuseByUsers(option, c, users, takers, snapshot) ??
    refuseByMemory(option, users, pass, c) ??
    refuseByRule(option, c)
  const utilisation = Math.max(0, ...counters.map((counter) => useOf(counter, location.id, snapshot)))
  const shortfall = (snapshot.counters[location.id]?.[ROTATION] ?? 0) / 1e6
  return {
    option,
    reason: refusal?.reason ?? null,
    detail: refusal?.detail ?? null,
    utilisation,
    shortfall,
    score: scoreLocation({
      strategy: c.ruleset.strategyOf(option.tier),
      weight: location.weight,
      utilisation,
      distanceM: option.distanceM,
      shortfall,
      factor: c.effects.factorOf(location.id),
      conversionRatio: c.ruleset.conversionRatioOf(location.id),
    }),
    isOpen: open,
    isOverCap: full !== undefined,
    users,
    takers: refusal ? [] : takers,
  }
}

/** What the decision keeps of it. */
export const toCandidate = (standing: Standing, rank: number | null): Candidate => ({
  locationId: standing.option.location.id,
  regionId: standing.option.location.regionId,
  tier: standing.option.tier,
  territoryKind: standing.option.territoryKind,
  territoryId: standing.option.territoryId,
  distanceM: standing.option.distanceM === null ? null : Math.round(standing.option.distanceM),
  utilisation: standing.utilisation,
  score: rank === null ? null : standing.score,
  rank,
  reason: standing.reason,
  detail: standing.detail,
})

const isByHand = ({ lead }: Case): boolean => lead.request.kind === 'claim' || lead.request.kind === 'move'

function refuseByState({ location }: Option, c: Case, { statuses }: Snapshot): Refusal | null {
  const status = statuses[location.id]
  if (status === 'inactive') return { reason: 'INACTIVE', detail: null }
  if (isByHand(c)) return null
  if (status === 'paused') return { reason: 'PAUSED', detail: null }
  const opensAt = c.ruleset.settingOf(location.id)?.opensAt
  if (opensAt !== undefined && c.nowMs < Date.parse(opensAt)) return { reason: 'NOT_YET_OPEN', detail: opensAt }
  return null
}

function refuseByLead({ location, tier, distanceM }: Option, c: Case, pass: Pass): Refusal | null {
  if (isByHand(c)) return null
  const setting = c.ruleset.settingOf(location.id)
  const isOutside = tier === 'nearest' || tier === 'fallback'
  if (setting?.ownTerritoryOnly && isOutside) return { reason: 'TERRITORY', detail: null }
  if (tier === 'nearest' && distanceM! > pass.reachM) return { reason: 'DISTANCE', detail: null }
  const { service, language } = c.traits
  if (service !== null && setting?.services && !setting.services.includes(service))
    return { reason: 'SERVICE', detail: service }
  if (language !== null && setting?.languages && !setting.languages.includes(language))
    return { reason: 'LANGUAGE', detail: language }
  if (setting?.consentRequired && !c.traits.consent) return { reason: 'CONSENT', detail: null }
  return null
}

function refuseByHours({ location }: Option, c: Case): Refusal | null {
  const rule = c.ruleset.settingOf(location.id)?.whenClosed ?? 'ROUTE_ANYWAY'
  return rule === 'ROUTE_ANYWAY' || isByHand(c) ? null : { reason: 'HOURS', detail: rule }
}

function refuseByMemory({ location, tier }: Option, users: CandidateUser[], pass: Pass, c: Case): Refusal | null {
  if (isByHand(c) || !pass.previousLocationIds.includes(location.id)) return null
  // An exclusive owner passes the lead on among its own people before it loses it.
  if (tier === 'exclusive' && users.some(({ reason }) => reason === null)) return null
  return { reason: 'PREVIOUS_ASSIGNEE', detail: null }
}

function refuseByRule({ location }: Option, c: Case): Refusal | null {
  const rule = isByHand(c) ? null : c.effects.refusalOf(location.id)
  return rule === null ? null : { reason: 'RULE', detail: rule }
}

/** A location whose users must take its leads has room only where one of them has. */
function refuseByUsers(
  { location }: Option,
  c: Case,
  users: readonly CandidateUser[],
  takers: readonly Taker[],
  snapshot: Snapshot,
): Refusal | null {
  if (takers.length > 0) return null
  const refusedKey = Object.entries(snapshot.refused).find(([candidate]) => locationOf(candidate) === location.id)?.[1]
  if (refusedKey !== undefined) {
    const counter = c.countersOf({ location }).find(({ key }) => key === refusedKey)
    return { reason: 'CAP', detail: counter ? `${counter.label} ${counter.limit}/${counter.limit}` : 'users full' }
  }
  return users.some(({ reason }) => reason === 'CAP')
    ? { reason: 'CAP', detail: 'users full' }
    : { reason: 'HOURS', detail: 'no user at work' }
}

/** A lead that is routed to a closed location all the same goes to its people as if they were there. */
function usersOf({ location }: Option, isOpen: boolean, c: Case, snapshot: Snapshot, seed: string): CandidateUser[] {
  const users = c.ruleset.usersOf(location.id)
  if (users.length === 0) return []
  return rankUsers({
    users,
    location,
    hoursOf: (user) => (isOpen ? c.ruleset.userHoursOf(user) : null),
    service: c.traits.service,
    language: c.traits.language,
    nowMs: c.nowMs,
    seed,
    statuses: snapshot.statuses,
    previousUserIds: isByHand(c) ? [] : c.lead.request.previousUserIds,
    preferredUserId:
      c.lead.request.userId ?? (c.history.sticky?.locationId === location.id ? c.history.sticky.userId : null),
    isFull: (userId) => {
      const place = `${location.id}/${userId}`
      const full = c.userCountersOf(location.id, userId).find((counter) => isFull(counter, place, c, snapshot))
      return full ? capText(full, place, snapshot) : null
    },
    shortfallOf: (userId) => (snapshot.counters[`${location.id}/${userId}`]?.[ROTATION] ?? 0) / 1e6,
  })
}

/** More takers of one location make the reservation slower and the lead no better served. */
const TAKERS_MAX = 3

function takersOf(
  { location }: Option,
  users: readonly CandidateUser[],
  { refused }: Snapshot,
  pass: Pass,
  c: Case,
): Taker[] {
  const prefix = pass.softCapsRefuse ? '' : '~'
  const eligible = users.filter(({ rank }) => rank !== null).slice(0, TAKERS_MAX)
  const takers: Taker[] = eligible.map(({ userId }) => ({ candidate: `${prefix}${location.id}/${userId}`, userId }))
  const isUserRequired = c.ruleset.settingOf(location.id)?.userRequired === true && users.length > 0
  if (!isUserRequired) takers.push({ candidate: `${prefix}${location.id}`, userId: null })
  return takers.filter(({ candidate }) => refused[candidate] === undefined)
}

const locationOf = (candidate: string): string => candidate.replace(/^~/, '').replace(/\/.*$/, '')

const usedOf = ({ label }: Counter, place: string, { counters }: Snapshot): number => counters[place]?.[label] ?? 0

/** A new lead stands behind those that wait for room at the location already. */
function isFull(counter: Counter, place: string, c: Case, snapshot: Snapshot): boolean {
  if (counter.limit === null) return false
  const waiting = c.lead.request.kind === 'new' ? (snapshot.waiting[place] ?? 0) : 0
  return usedOf(counter, place, snapshot) + counter.amount * (1 + waiting) > counter.limit
}

function useOf(counter: Counter, place: string, snapshot: Snapshot): number {
  if (counter.limit === null) return 0
  return counter.limit === 0 ? 1 : Math.min(1, usedOf(counter, place, snapshot) / counter.limit)
}

const capText = (counter: Counter, place: string, snapshot: Snapshot): string =>
  `${counter.label} ${Math.min(usedOf(counter, place, snapshot), counter.limit ?? 0)}/${counter.limit}`
