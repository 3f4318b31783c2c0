import type { Tier } from '../contracts/decision.ts'
import { type RulesetLocation, type TerritoryKind, territoryKinds, type WhenUnavailable } from '../contracts/ruleset.ts'
import type { StickyOwner } from '../contracts/snapshot.ts'
import { findCandidates, type Match } from './candidates/find-candidates.ts'
import type { CompiledRuleset } from './compile-ruleset.ts'
import { distanceM, type Point } from './geography/distance.ts'
import type { Lead } from './lead.ts'
import type { Site } from './site.ts'

/** A location that this lead could go to, before anything live is asked of it. */
export type Option = {
  site: Site
  location: RulesetLocation
  tier: Tier
  territoryKind: TerritoryKind | null
  territoryId: string | null
  whenUnavailable: WhenUnavailable
  /** Great-circle metres; null when the lead has no point. */
  distanceM: number | null
  /** Lower is stronger: tier, then kind of territory. */
  claim: number
  /** Chosen by a person, or known to the lead: caps count it and do not refuse it. */
  isUncapped: boolean
}

const tierStrength: Record<Tier, number> = { explicit: 0, sticky: 1, exclusive: 2, shared: 3, nearest: 4, fallback: 5 }

/**
 * Whom to ask, each location once by its best claim: named by a person or a rule, known to the lead, owner of the territory,
 * sharer of it, nearest. A person's choice (claim, move) is the only option.
 */
export function collectOptions(
  lead: Lead,
  ruleset: CompiledRuleset,
  sticky: StickyOwner | null,
  routeTo: string | null,
): Option[] {
  const point = pointOf(lead)
  const { kind, locationId } = lead.request
  const best = new Map<string, Option>()
  if (kind === 'claim' || kind === 'move') {
    offerById(best, locationId, 'explicit', ruleset, point, true)
    return [...best.values()]
  }
  offerById(best, routeTo, 'explicit', ruleset, point, false)
  offerById(best, sticky?.locationId, 'sticky', ruleset, point, true)
  for (const match of findCandidates(lead.place, ruleset)) offer(best, optionOfMatch(match, ruleset))
  if (lead.place.fault === 'NON_GEOGRAPHIC') {
    offerById(best, ruleset.document.fallback?.nonGeographicTo, 'fallback', ruleset, point, false)
  }
  return [...best.values()]
}

function offerById(
  best: Map<string, Option>,
  locationId: string | null | undefined,
  tier: Tier,
  ruleset: CompiledRuleset,
  point: Point | null,
  isUncapped: boolean,
): void {
  const site = locationId ? ruleset.siteOf(locationId) : undefined
  if (site) offer(best, optionOf(site, tier, point, isUncapped))
}

function offer(best: Map<string, Option>, option: Option): void {
  const known = best.get(option.location.id)
  if (!known || option.claim < known.claim) best.set(option.location.id, option)
}

/** The locations that take what all others cannot. */
export function overflowOptions(lead: Lead, ruleset: CompiledRuleset): readonly Option[] {
  const ids = ruleset.document.fallback?.overflow?.locationIds ?? none
  if (ids.length === 0) return none
  const best = new Map<string, Option>()
  for (const id of ids) offerById(best, id, 'fallback', ruleset, pointOf(lead), false)
  return [...best.values()]
}

const none: readonly never[] = []

const optionOf = (site: Site, tier: Tier, point: Point | null, isUncapped: boolean): Option => ({
  site,
  location: site.location,
  tier,
  territoryKind: null,
  territoryId: null,
  whenUnavailable: 'RELEASE_NOW',
  distanceM: point && distanceM(point, site.location),
  claim: claimOf(tier, null),
  isUncapped,
})

/** Written out: spreading objects of this size costs more than finding them. */
const optionOfMatch = (match: Match, ruleset: CompiledRuleset): Option => ({
  site: ruleset.siteOf(match.location.id)!,
  location: match.location,
  tier: match.tier,
  territoryKind: match.territoryKind,
  territoryId: match.territoryId,
  whenUnavailable: match.whenUnavailable,
  distanceM: match.distanceM,
  claim: claimOf(match.tier, match.territoryKind),
  isUncapped: false,
})

const claimOf = (tier: Tier, kind: TerritoryKind | null): number =>
  tierStrength[tier] * 10 + (kind === null ? 0 : territoryKinds.indexOf(kind))

const pointOf = ({ place }: Lead): Point | null =>
  place.latitude === null || place.longitude === null ? null : { latitude: place.latitude, longitude: place.longitude }
