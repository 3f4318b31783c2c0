import { type Candidate, tiers } from '../contracts/decision.ts'
import { type Named, nameOf, reasonText } from './explain-words.ts'

/** Names who stood in front but could not take the lead, else how many others were weighed. */
export function comparison(
  chosen: Candidate,
  candidates: readonly Candidate[],
  names: Named,
  strategy: string,
): string {
  const passedOver = candidates.filter((other) => isRefused(other) && isInFront(other, chosen))
  const [first, ...others] = passedOver
  if (first) {
    const front = first.tier === chosen.tier ? 'is nearer' : 'came first'
    const more = others.length > 0 ? `; ${others.length} more could not take it either` : ''
    return `; ${nameOf(first.locationId, names)} ${front} but ${reasonText(first)}${more}`
  }
  const rivals = candidates.filter(({ rank, tier }) => rank !== null && rank > 1 && tier === chosen.tier).length
  return rivals === 0 ? '' : `; ${bestOf(strategy, rivals + 1)}`
}

function bestOf(strategy: string, count: number): string {
  switch (strategy) {
    case 'balanced':
      return `best of ${count} by room and distance`
    case 'conversion':
      return `best of ${count} by conversion, room and distance`
    case 'nearest':
      return `the nearest of ${count}`
    case 'round_robin':
      return `the next in turn of ${count}`
    case 'least_loaded':
      return `the least loaded of ${count}`
    default:
      return `best of ${count}`
  }
}

const isRefused = ({ reason }: Candidate): boolean => reason !== null && reason !== 'DISTANCE'

function isInFront(other: Candidate, chosen: Candidate): boolean {
  const difference = tiers.indexOf(other.tier) - tiers.indexOf(chosen.tier)
  return difference < 0 || (difference === 0 && (other.distanceM ?? 0) < (chosen.distanceM ?? 0))
}
