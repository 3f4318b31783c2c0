import type { Candidate } from '../contracts/decision.ts'
import type { Case } from './case.ts'
import { causeText } from './explain-cause.ts'
import { comparison } from './explain-comparison.ts'
import { areaOf, kilometres, type Named, nameOf, namesOf, utcMinute } from './explain-words.ts'
import { isSilent } from './gate.ts'
import type { Verdict } from './verdict.ts'

/** One English sentence that tells a manager why; from the decision's own fields, without personal data. */
export function explain(c: Case, verdict: Verdict, candidates: readonly Candidate[], strategy: string): string {
  return `${outcomeText(c, verdict, candidates, strategy)}${beforeText(c, verdict)}.`
}

function outcomeText(c: Case, verdict: Verdict, candidates: readonly Candidate[], strategy: string): string {
  const names: Named = c.ruleset.locations
  if (verdict.outcome === 'assigned') return assignedText(c, verdict, candidates, strategy)
  const cause = causeText(c, verdict.fallback, candidates)
  switch (verdict.outcome) {
    case 'held':
      return `Waits until ${utcMinute(verdict.untilMs!)}: ${cause}`
    case 'pond':
      return `Offered to ${namesOf(verdict.offeredTo, names)} until ${utcMinute(verdict.untilMs!)}: ${cause}`
    case 'rejected':
      return `Rejected: ${cause}`
    case 'hq':
      return `Sent to HQ: ${cause}`
  }
}

function assignedText(c: Case, verdict: Verdict, candidates: readonly Candidate[], strategy: string): string {
  const names: Named = c.ruleset.locations
  const chosen = candidates[0]!
  const far = chosen.distanceM === null ? '' : `, ${kilometres(chosen.distanceM)} away`
  const claim = claimText(c, verdict, chosen, candidates)
  const why = `${claim}${far}${asideText(verdict)}${comparison(chosen, candidates, names, strategy)}${userText(c, verdict)}`
  return `Assigned to ${nameOf(chosen.locationId, names)}: ${why}${silenceText(c)}`
}

/** Where it was before, when GHL did not let it in there. */
function beforeText({ lead: { request }, ruleset }: Case, { outcome, standings: [chosen] }: Verdict): string {
  const before = request.previousLocationIds.at(-1)
  if (request.kind !== 'undeliverable' || before === undefined) return ''
  if (outcome === 'assigned' && chosen?.option.location.id === before)
    return '; GoHighLevel did not take it there before and lets leads in again'
  return `; before, GoHighLevel did not take it for ${nameOf(before, ruleset.locations)}`
}

function asideText({ flags }: Verdict): string {
  const over = flags.includes('cap-overridden') ? ', over its cap' : ''
  const soft = flags.includes('soft-cap-exceeded') ? ', over its soft cap' : ''
  return `${over}${soft}${flags.includes('closed-now') ? ', closed now' : ''}`
}

/** Which of its people, without a name: a decision is read by those who may not see one. */
function userText(c: Case, { standings: [chosen] }: Verdict): string {
  const { users, takers } = chosen!
  const userId = takers[0]?.userId ?? null
  const able = users.filter(({ rank }) => rank !== null).length
  if (users.length === 0) return ''
  if (userId === null) return `; for none of its ${users.length} users, as they cannot take it now`
  if (userId === c.lead.request.userId) return '; for the user asked for'
  const { sticky } = c.history
  if (userId === sticky?.userId && chosen!.option.location.id === sticky.locationId)
    return '; for the user who knows this person'
  if (able > 1) return `; for the next in turn of ${able} users`
  return users.length === 1 ? '; for its only user' : `; for the only one of its ${users.length} users who can take it`
}

function silenceText(c: Case): string {
  if (!isSilent(c)) return ''
  return `; silently, as the person ${c.traits.dnd ? 'asked not' : 'has not agreed'} to be contacted`
}

function claimText(c: Case, verdict: Verdict, chosen: Candidate, candidates: readonly Candidate[]): string {
  const { place, request } = c.lead
  if (request.kind === 'claim') return 'claimed from the pond'
  if (request.kind === 'move') return 'moved by hand'
  switch (chosen.tier) {
    case 'explicit':
      return `named by rule ${c.effects.trail.find(({ effect }) => effect.startsWith('route to'))?.id ?? ''}`
    case 'sticky':
      return RELATIONS[c.history.sticky?.relation ?? 'open']
    case 'fallback':
      return place.fault === 'NON_GEOGRAPHIC' ? 'takes military addresses' : 'takes what the others cannot'
    case 'nearest': {
      const isHeld = candidates.some(({ territoryKind }) => territoryKind !== null)
      const reach = verdict.flags.includes('radius-widened') ? 'it is in the wider reach' : 'it is in reach'
      return isHeld ? `${reach} of ${areaOf(c)}` : `no territory holds ${areaOf(c)}, but ${reach}`
    }
    case 'exclusive':
    case 'shared':
      return territoryText(chosen, areaOf(c), place.country)
  }
}

const RELATIONS = {
  customer: 'this person is its customer',
  open: 'it is in touch with this person already',
  lost: 'it knows this person from before',
} as const

function territoryText({ tier, territoryKind }: Candidate, area: string, country: string | null): string {
  switch (territoryKind) {
    case 'zip4':
    case 'zip':
      return `${tier === 'exclusive' ? 'owns' : 'shares'} ${country === 'CA' ? 'postal area' : 'ZIP'} ${area}`
    case 'polygon':
      return `its ${tier} area holds ${area}`
    case 'drive_time':
      return `its ${tier} drive time reaches ${area}`
    case 'radius':
      return `its ${tier} radius reaches ${area}`
    case 'county':
    case 'state':
    case 'country':
      return `its ${tier} ${territoryKind} holds ${area}`
    case null:
      return `it is in reach of ${area}`
  }
}
