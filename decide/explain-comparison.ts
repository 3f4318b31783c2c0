import { type Candidate, tiers } from '../contracts/decision.ts'
import { type Named, nameOf, reasonText } from './explain-words.ts'

/** Names who stood in front but could not take the lead, else how many others were weighed. */
export function comparison(
  chosen: Candidate,
  candidates: readonly Candidate[],
  names: Named,
  strategy: string,
): string {
  const passedOver = candidates.filter((other) => other.reason !== null && isStronger(other, chosen))
  if (passedOver.length > 0) {
    const first = passedOver[0]!
    const others = passedOver.length > 1 ? `; ${passedOver.length - 1} more could not take it either` : ''
    return `; ${nameOf(first.locationId, names)} came first but ${reasonText(first)}${others}`
  }
  const rivals = candidates.filter(({ rank, tier }) => rank !== null && rank > 1 && tier === chosen.tier).length
  return rivals === 0
    ? ''
    : `; ${WORDS[strategy] ?? 'best'} of ${rivals + 1}${strategy === 'balanced' ? ' by room and distance' : ''}`
}

const WORDS: Record<string, [string, string?]> = {
  balanced: ['best', ' by room and distance'],
  conversion: ['best', ' by conversion, room and distance'],
  nearest: ['the nearest'],
  round_robin: ['next in turn'],
  least_loaded: ['the least loaded'],
}

function isStronger(other: Candidate, chosen: Candidate): boolean {
  const difference = tiers.indexOf(other.tier) - tiers.indexOf(chosen.tier)
  return difference < 0 || (difference === 0 && (other.distanceM ?? 0) < (chosen.distanceM ?? 0))
}
