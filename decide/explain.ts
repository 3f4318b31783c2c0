import type { Candidate, FallbackReason } from '../contracts/decision.ts'
import { iso } from '../kernel/clock.ts'
import type { Case } from './case.ts'
import { comparison } from './explain-comparison.ts'
import { kilometres, type Named, nameOf, reasonText } from './explain-words.ts'
import type { Verdict } from './verdict.ts'

/** One English sentence that tells a manager why; from the decision's own fields, without personal data. */
export function explain(c: Case, verdict: Verdict, candidates: readonly Candidate[], strategy: string): string {
  const names: Named = c.ruleset.locations
  switch (verdict.outcome) {
    case 'assigned':
      return assignedText(c, verdict, candidates, strategy, names)
    case 'held':
      return `Waits until ${minute(verdict.untilMs!)}: ${causeText(c, verdict.fallback, candidates, names)}.`
    case 'pond':
      return `Offered to ${listed(verdict.offeredTo, names)} until ${minute(verdict.untilMs!)}: ${causeText(c, verdict.fallback, candidates, names)}.`
    case 'rejected':
      return `Rejected: ${causeText(c, verdict.fallback, candidates, names)}.`
    case 'hq':
      return `Sent to HQ: ${causeText(c, verdict.fallback, candidates, names)}.`
  }
}

function assignedText(
  c: Case,
  verdict: Verdict,
  candidates: readonly Candidate[],
  strategy: string,
  names: Named,
): string {
  const chosen = candidates[0]!
  const far = chosen.distanceM === null ? '' : `, ${kilometres(chosen.distanceM)} away`
  const over = verdict.flags.includes('cap-overridden') ? ', over its cap' : ''
  const closed = verdict.flags.includes('closed-now') ? ', closed now' : ''
  const why = `${claimText(c, chosen)}${far}${over}${closed}`
  return `Assigned to ${nameOf(chosen.locationId, names)}: ${why}${comparison(chosen, candidates, names, strategy)}.`
}

function claimText(c: Case, chosen: Candidate): string {
  const { place, request } = c.lead
  const area = place.postalCode ?? 'this point'
  if (request.kind === 'claim') return 'claimed from the pond'
  if (request.kind === 'move') return 'moved by hand'
  switch (chosen.tier) {
    case 'explicit':
      return `named by rule ${c.effects.trail.find(({ effect }) => effect.startsWith('route'))?.id ?? ''}`
    case 'sticky':
      return `knows this person (${c.history.sticky?.relation ?? 'known'})`
    case 'fallback':
      return place.fault === 'NON_GEOGRAPHIC' ? 'takes military addresses' : 'takes what the others cannot'
    default:
      return territoryText(chosen, area, place.country)
  }
}

function territoryText({ tier, territoryKind }: Candidate, area: string, country: string | null): string {
  switch (territoryKind) {
    case 'zip4':
    case 'zip':
      return `${tier === 'exclusive' ? 'owns' : 'shares'} ${country === 'CA' ? 'postal area' : 'ZIP'} ${area}`
    case 'polygon':
    case 'drive_time':
    case 'county':
      return `its ${tier} ${territoryKind === 'polygon' ? 'area' : territoryKind.replace('_', '-')} holds ${area}`
    case 'radius':
      return `its ${tier} radius reaches ${area}`
    case 'state':
    case 'country':
      return `its ${tier} ${territoryKind} holds ${area}`
    case null:
      return `no territory holds ${area}, but it is in reach`
  }
}

/** Why no location has it, as the second half of a sentence. */
function causeText(c: Case, fallback: FallbackReason | null, candidates: readonly Candidate[], names: Named): string {
  const { place } = c.lead
  const first = candidates.find(({ reason }) => reason !== 'DISTANCE') ?? candidates[0]
  const firstName = first ? nameOf(first.locationId, names) : ''
  const area = place.postalCode ?? 'this point'
  switch (fallback) {
    case 'BAD_POSTAL':
      return place.postalCode === null
        ? 'no usable postal code, city or coordinates'
        : `${place.postalCode} is no known postal code`
    case 'NON_GEOGRAPHIC':
      return `${area} is a military address, which is no place on the map`
    case 'NO_COVERAGE':
      return `no territory holds ${area} and ${first ? `the nearest location, ${firstName}, is ${kilometres(first.distanceM ?? 0)} away` : 'there is no location'}`
    case 'ALL_FULL':
      return `all ${candidates.filter(({ reason }) => reason === 'CAP').length} locations in reach of ${area} are full, first ${firstName} (${first?.detail ?? first?.reason})`
    case 'ALL_CLOSED':
      return `all locations in reach of ${area} are closed, first ${firstName}`
    case 'EXCLUSIVE':
      return `${area} belongs to ${firstName} alone, which ${first ? reasonText(first) : 'cannot take it'}`
    case 'NO_CONSENT':
      return 'the person has not agreed to be contacted'
    case 'DNC':
      return 'the person asked not to be contacted'
    case 'RULE':
      return `rule ${c.effects.reject?.ruleId ?? c.effects.trail.at(-1)?.id ?? ''} says so${c.effects.reject ? ` (${c.effects.reject.reason})` : ''}`
    case 'NO_TOUCH':
      return `nobody answered in time in ${c.lead.attempt - 1} attempts`
    case 'UNCLAIMED':
      return 'nobody claimed it'
    case 'RETURNED':
      return `returned as ${c.lead.request.reason ?? 'bad lead'}`
    case 'UNAVAILABLE':
    case null:
      return `no location in reach of ${area} takes it now${first ? `; ${firstName} ${reasonText(first)}` : ''}`
  }
}

const minute = (ms: number): string => `${iso(ms).slice(0, 16).replace('T', ' ')} UTC`

function listed(ids: readonly string[], names: Named): string {
  const first = ids.slice(0, 3).map((id) => nameOf(id, names))
  return ids.length > first.length ? `${first.join(', ')} and ${ids.length - first.length} more` : first.join(', ')
}
