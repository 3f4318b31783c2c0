import type { Candidate, FallbackReason, Place } from '../contracts/decision.ts'
import type { RulesetLocation } from '../contracts/ruleset.ts'

type Locations = ReadonlyMap<string, Pick<RulesetLocation, 'name'>>

/** One English sentence that tells a manager why; from the decision's own fields, without personal data. */
export function explain(
  place: Place,
  candidates: readonly Candidate[],
  fallback: FallbackReason | null,
  locations: Locations,
  strategy: string,
): string {
  const [chosen] = candidates
  if (fallback !== null || !chosen) return `Sent to HQ: ${fallbackText(fallback, place, candidates, locations)}.`
  const parts = [claimText(chosen, place), distanceText(chosen)].filter((part) => part !== '')
  return `Assigned to ${nameOf(chosen, locations)}: ${parts.join(', ')}${comparison(chosen, candidates, locations, strategy)}.`
}

function claimText(chosen: Candidate, place: Place): string {
  const area = place.postalCode ?? 'this point'
  switch (chosen.territoryKind) {
    case 'zip':
      return `${chosen.tier === 'exclusive' ? 'owns' : 'shares'} ${place.country === 'CA' ? 'postal area' : 'ZIP'} ${area}`
    case 'polygon':
      return `its ${chosen.tier} area holds ${area}`
    case 'radius':
      return `its ${chosen.tier} radius reaches ${area}`
    case 'zip4':
    case 'drive_time':
    case 'county':
    case 'state':
    case 'country':
      return `its ${chosen.tier} territory holds ${area}`
    case null:
      return `no territory holds ${area}, but it is in reach`
  }
}

const distanceText = ({ distanceM }: Candidate): string => (distanceM === null ? '' : `${kilometres(distanceM)} away`)

/** Names who stood in front but could not take the lead, else how many others were weighed. */
function comparison(
  chosen: Candidate,
  candidates: readonly Candidate[],
  locations: Locations,
  strategy: string,
): string {
  const passedOver = candidates.filter((other) => other.reason !== null && isStronger(other, chosen))
  if (passedOver.length > 0) {
    const first = passedOver[0]!
    const others = passedOver.length > 1 ? ` and ${passedOver.length - 1} more` : ''
    return `; ${nameOf(first, locations)}${others} came first but ${reasonText(first)}`
  }
  const rivals = candidates.filter(
    (other) => other.rank !== null && other.rank > 1 && other.tier === chosen.tier,
  ).length
  if (rivals === 0) return ''
  return strategy === 'nearest' ? `; the nearest of ${rivals + 1}` : `; best of ${rivals + 1} by room and distance`
}

const STRENGTH = ['explicit', 'sticky', 'exclusive', 'shared', 'nearest', 'fallback']

function isStronger(other: Candidate, chosen: Candidate): boolean {
  const difference = STRENGTH.indexOf(other.tier) - STRENGTH.indexOf(chosen.tier)
  return difference < 0 || (difference === 0 && (other.distanceM ?? 0) < (chosen.distanceM ?? 0))
}

function reasonText({ reason, detail }: Candidate): string {
  switch (reason) {
    case 'CAP':
      return `was full (${detail})`
    case 'PAUSED':
      return 'is paused'
    case 'INACTIVE':
      return 'is inactive'
    case 'DISTANCE':
      return 'is too far'
    default:
      return `was not eligible (${reason})`
  }
}

function fallbackText(
  fallback: FallbackReason | null,
  place: Place,
  candidates: readonly Candidate[],
  locations: Locations,
): string {
  const first = candidates.find((candidate) => candidate.reason !== 'DISTANCE') ?? candidates[0]
  const area = place.postalCode ?? 'this point'
  switch (fallback) {
    case 'BAD_POSTAL':
      return place.postalCode === null
        ? 'no usable postal code, city or coordinates'
        : `${place.postalCode} is no known postal code`
    case 'NON_GEOGRAPHIC':
      return `${area} is a military address, which is no place on the map`
    case 'NO_COVERAGE':
      return `no territory holds ${area} and ${first ? `the nearest location, ${nameOf(first, locations)}, is ${kilometres(first.distanceM ?? 0)} away` : 'there is no location'}`
    case 'ALL_FULL':
      return `all ${candidates.filter((candidate) => candidate.reason === 'CAP').length} locations in reach of ${area} are full, first ${first ? `${nameOf(first, locations)} (${first.detail ?? first.reason})` : ''}`
    default:
      return `no location in reach of ${area} takes leads now${first ? `; ${nameOf(first, locations)} ${reasonText(first)}` : ''}`
  }
}

const nameOf = ({ locationId }: Candidate, locations: Locations): string =>
  locations.get(locationId)?.name ?? locationId

const kilometres = (metres: number): string =>
  metres < 10_000 ? `${(metres / 1000).toFixed(1)} km` : `${Math.round(metres / 1000)} km`
