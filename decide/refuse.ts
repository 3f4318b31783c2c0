import type { CandidateUser, IneligibleReason } from '../contracts/decision.ts'
import type { Snapshot } from '../contracts/snapshot.ts'
import type { Counter } from './capacity/counter.ts'
import type { Case } from './case.ts'
import type { Option } from './options.ts'
import type { Pass } from './pass.ts'
import { capText } from './room.ts'
import type { Taker } from './takers.ts'

export type Refusal = { reason: IneligibleReason; detail: string | null }

/** What was asked of the option before the filters run. */
export type Asked = {
  isOpen: boolean
  /** The full counter that refuses it. */
  full: Counter | null
  users: readonly CandidateUser[]
  takers: readonly Taker[]
}

/** The filters in their fixed order; the first that fails is the reason. A person's choice is refused by one only. */
export function refuse(option: Option, asked: Asked, c: Case, snapshot: Snapshot, pass: Pass): Refusal | null {
  const { kind } = c.lead.request
  if (snapshot.statuses[option.location.id] === 'inactive') return { reason: 'INACTIVE', detail: null }
  if (kind === 'claim' || kind === 'move') return byUsers(option, asked, c, snapshot)
  return (
    byReach(option, pass) ??
    byLead(option, c) ??
    byMemory(option, asked, c, pass) ??
    byRule(option, c) ??
    // What passes with time stands last: nobody waits for a place that he may not have then either.
    byState(option, c, snapshot) ??
    byHours(option, asked) ??
    (asked.full && { reason: 'CAP', detail: capText(asked.full, option.location.id, snapshot) }) ??
    byUsers(option, asked, c, snapshot)
  )
}

const foreign: Refusal = { reason: 'TERRITORY', detail: null }
const far: Refusal = { reason: 'DISTANCE', detail: null }

/** Asked apart as well: a far location that is paused does not end the search for others. */
export function byReach({ site, tier, distanceM }: Option, pass: Pass): Refusal | null {
  if (site.setting?.ownTerritoryOnly && (tier === 'nearest' || tier === 'fallback')) return foreign
  return tier === 'nearest' && distanceM! > pass.reachM ? far : null
}

function byLead({ site: { setting } }: Option, { traits }: Case): Refusal | null {
  if (!setting) return null
  const { service, language, consent } = traits
  if (service !== null && setting.services && !setting.services.includes(service))
    return { reason: 'SERVICE', detail: service }
  if (language !== null && setting.languages && !setting.languages.includes(language))
    return { reason: 'LANGUAGE', detail: language }
  return setting.consentRequired && !consent ? { reason: 'CONSENT', detail: null } : null
}

function byState({ location, site }: Option, c: Case, { statuses }: Snapshot): Refusal | null {
  if (statuses[location.id] === 'paused') return { reason: 'PAUSED', detail: null }
  const opensAt = site.setting?.opensAt
  return opensAt !== undefined && c.nowMs < Date.parse(opensAt) ? { reason: 'NOT_YET_OPEN', detail: opensAt } : null
}

function byHours({ site: { setting } }: Option, { isOpen }: Asked): Refusal | null {
  const rule = setting?.whenClosed ?? 'ROUTE_ANYWAY'
  return isOpen || rule === 'ROUTE_ANYWAY' ? null : { reason: 'HOURS', detail: rule }
}

/** A location whose users must take its leads has room only where one of them has. */
function byUsers(option: Option, { users, takers }: Asked, c: Case, { refused }: Snapshot): Refusal | null {
  if (takers.length > 0) return null
  const { id } = option.location
  const refusedKey = Object.entries(refused).find(([candidate]) => locationOf(candidate) === id)?.[1]
  const counter = c.counters.countersOf(option).find(({ key }) => key === refusedKey)
  if (counter) return { reason: 'CAP', detail: `${counter.label} ${counter.limit}/${counter.limit}` }
  const isFull = refusedKey !== undefined || users.some(({ reason }) => reason === 'CAP')
  return isFull ? { reason: 'CAP', detail: 'users full' } : { reason: 'HOURS', detail: 'no user at work' }
}

const locationOf = (candidate: string): string => candidate.replace(/^~/, '').replace(/\/.*$/, '')

function byMemory({ location, tier }: Option, { users }: Asked, c: Case, pass: Pass): Refusal | null {
  if (!pass.previousLocationIds.includes(location.id)) return null
  // An exclusive owner passes the lead on among its own people before it loses it.
  if (tier === 'exclusive' && users.some(({ reason }) => reason === null)) return null
  // Where GHL did not let it in it never was: a location that is out by now is paused, one that is back may have it.
  const { kind, previousLocationIds } = c.lead.request
  if (kind === 'undeliverable' && location.id === previousLocationIds.at(-1)) return null
  return { reason: 'PREVIOUS_ASSIGNEE', detail: null }
}

function byRule({ location }: Option, { effects }: Case): Refusal | null {
  const rule = effects.refusalOf(location.id)
  return rule === null ? null : { reason: 'RULE', detail: rule }
}
