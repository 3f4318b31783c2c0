import type { Candidate } from '../contracts/decision.ts'
import type { RulesetLocation } from '../contracts/ruleset.ts'
import { iso } from '../kernel/clock.ts'
import type { Case } from './case.ts'

export type Named = ReadonlyMap<string, Pick<RulesetLocation, 'name'>>

export const nameOf = (locationId: string, names: Named): string => names.get(locationId)?.name ?? locationId

const NAMED_MAX = 3

export function namesOf(ids: readonly string[], names: Named): string {
  const first = ids.slice(0, NAMED_MAX).map((id) => nameOf(id, names))
  const last = ids.length > first.length ? `${ids.length - first.length} more` : first.pop()
  return first.length === 0 ? `${last}` : `${first.join(', ')} and ${last}`
}

/** What a person calls the place of the lead. */
export const areaOf = ({ lead: { place } }: Case): string => place.postalCode ?? 'this place'

export const kilometres = (metres: number): string =>
  metres < 10_000 ? `${(metres / 1000).toFixed(1)} km` : `${Math.round(metres / 1000)} km`

export const utcMinute = (ms: number): string => `${iso(ms).slice(0, 16).replace('T', ' ')} UTC`

/** Why a candidate did not get the lead, after its name. */
export function reasonText({ reason, detail }: Pick<Candidate, 'reason' | 'detail'>): string {
  switch (reason) {
    case 'CAP':
      return detail === 'users full' ? 'has no user with room' : `was full (${detail})`
    case 'PAUSED':
      return 'is paused'
    case 'INACTIVE':
      return 'is inactive'
    case 'NOT_YET_OPEN':
      return `takes leads from ${detail?.slice(0, 10)} on`
    case 'TERRITORY':
      return 'takes leads of its own territory only'
    case 'DISTANCE':
      return 'is too far'
    case 'SERVICE':
      return `does not offer ${detail}`
    case 'LANGUAGE':
      return `does not speak ${detail}`
    case 'CONSENT':
      return 'takes only leads with consent'
    case 'HOURS':
      return detail === 'no user at work' ? 'has nobody at work' : 'is closed'
    case 'PREVIOUS_ASSIGNEE':
      return 'had it before'
    case 'RULE':
      return `is ruled out by rule ${detail}`
    case null:
      return 'was eligible'
  }
}
