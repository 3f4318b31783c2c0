import type { Candidate, FallbackReason } from '../contracts/decision.ts'
import type { Case } from './case.ts'
import { areaOf, kilometres, type Named, nameOf, reasonText } from './explain-words.ts'

/** Why no location has it, as the second half of a sentence. */
export function causeText(c: Case, fallback: FallbackReason | null, candidates: readonly Candidate[]): string {
  const { place, request } = c.lead
  switch (fallback) {
    case 'BAD_POSTAL':
      return place.postalCode === null
        ? 'no usable postal code, city or coordinates'
        : `${place.postalCode} is no known postal code`
    case 'NON_GEOGRAPHIC':
      return `${areaOf(c)} is a military address, which is no place on the map`
    case 'NO_COVERAGE':
      return coverageText(c, candidates)
    case 'EXCLUSIVE':
      return ownerText(c, candidates)
    case 'NO_CONSENT':
      return 'the person has not agreed to be contacted'
    case 'DNC':
      return 'the person asked not to be contacted'
    case 'RULE':
      return ruleText(c)
    case 'NO_TOUCH':
      return `nobody answered in time in ${request.previousLocationIds.length} attempts`
    case 'UNCLAIMED':
      return 'nobody claimed it'
    case 'RETURNED':
      return `returned as ${request.reason ?? 'bad-lead'}`
    case 'ALL_FULL':
    case 'ALL_CLOSED':
    case 'UNAVAILABLE':
    case null:
      return nobodyText(c, candidates)
  }
}

function coverageText(c: Case, candidates: readonly Candidate[]): string {
  const [nearest] = [...candidates].sort((a, b) => (a.distanceM ?? 0) - (b.distanceM ?? 0))
  const open = `no territory holds ${areaOf(c)}`
  if (!nearest) return open
  const far = nearest.distanceM === null ? '' : `, ${kilometres(nearest.distanceM)} away,`
  return `${open}, and the nearest location, ${nameOf(nearest.locationId, c.ruleset.locations)}${far} ${reasonText(nearest)}`
}

function ownerText(c: Case, candidates: readonly Candidate[]): string {
  const owner = candidates.find(({ tier, reason }) => tier === 'exclusive' && reason !== null)
  if (!owner) return `${areaOf(c)} has an exclusive owner who cannot take it`
  return `${areaOf(c)} belongs to ${nameOf(owner.locationId, c.ruleset.locations)} alone, which ${reasonText(owner)}`
}

function ruleText({ effects }: Case): string {
  if (effects.reject) return `rule ${effects.reject.ruleId} says so (${effects.reject.reason})`
  return `rule ${effects.trail.find(({ effect }) => effect.startsWith('hold'))?.id ?? ''} says so`
}

/** All that were in reach, by what kept them: alike where they are alike. */
function nobodyText(c: Case, candidates: readonly Candidate[]): string {
  const names: Named = c.ruleset.locations
  const inReach = candidates.filter(({ reason }) => reason !== 'DISTANCE' && reason !== 'TERRITORY')
  const [first, ...others] = inReach
  if (!first) return `no location in reach of ${areaOf(c)} takes it now`
  const firstText = `${nameOf(first.locationId, names)} ${reasonText(first)}`
  if (others.length === 0) return `${firstText} and is the only location in reach of ${areaOf(c)}`
  const alike = inReach.every(({ reason }) => reason === first.reason) ? ALIKE[first.reason ?? ''] : undefined
  const all = inReach.length === 2 ? 'both' : `all ${inReach.length}`
  if (alike) return `${all} locations in reach of ${areaOf(c)} are ${alike}${fullText(first, names)}`
  const [second] = others
  const more = others.length > 1 ? ` and ${others.length - 1} more cannot either` : ''
  return `no location in reach of ${areaOf(c)} can take it: ${firstText}, ${nameOf(second!.locationId, names)} ${reasonText(second!)}${more}`
}

const fullText = ({ locationId, reason, detail }: Candidate, names: Named): string =>
  reason === 'CAP' ? `, first ${nameOf(locationId, names)} (${detail})` : ''

const ALIKE: Readonly<Record<string, string | undefined>> = {
  CAP: 'full',
  HOURS: 'closed',
  PAUSED: 'paused',
  INACTIVE: 'inactive',
}
