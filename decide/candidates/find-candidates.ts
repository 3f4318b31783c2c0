import type { Tier } from '../../contracts/decision.ts'
import type { Place } from '../../contracts/place.ts'
import {
  type RulesetLocation,
  type TerritoryKind,
  territoryKinds,
  type WhenUnavailable,
} from '../../contracts/ruleset.ts'
import type { CompiledRuleset } from '../compile-ruleset.ts'
import { type TerritoryEntry, territoriesAt } from '../compile-territories.ts'
import { distanceM, type Point } from '../geography/distance.ts'

/** A location that this lead could go to by geography, before anything is asked of its state. */
export type Match = {
  location: RulesetLocation
  tier: Extract<Tier, 'exclusive' | 'shared' | 'nearest'>
  territoryKind: TerritoryKind | null
  territoryId: string | null
  /** Of the strongest claim; RELEASE_NOW of all but exclusive ones. */
  whenUnavailable: WhenUnavailable
  distanceM: number | null
}

/** Beyond the ones whose territory holds the lead, so many neighbours are weighed and recorded. */
const NEAREST_COUNT_MAX = 10

/**
 * Every location once, by its best claim: exclusive before shared before nearest, inside a tier by the order of the kinds, of two
 * like claims the smaller territory id. The nearest are there whatever their distance; how far is too far is asked later.
 */
export function findCandidates(place: Place, ruleset: CompiledRuleset): Match[] {
  const point = pointOf(place)
  const best = new Map<string, TerritoryEntry>()
  const { country, postalCode, plus4, state, fault } = place
  for (const territory of territoriesAt(ruleset.territories, { country, postalCode, plus4, state, fault, point })) {
    const known = best.get(territory.locationId)
    if (!known || isStronger(territory, known)) best.set(territory.locationId, territory)
  }
  const matches: Match[] = []
  for (const [locationId, territory] of best) {
    const location = ruleset.locations.get(locationId)
    if (location) matches.push(toMatch(location, territory, point))
  }
  if (point && ruleset.nearestMaxM > 0) {
    const near = ruleset.nearest.find(point, NEAREST_COUNT_MAX + best.size, undefined, best)
    for (let i = 0; i < near.length && i < NEAREST_COUNT_MAX; i += 1) {
      matches.push(nearestMatch(near[i]!.place, near[i]!.distanceM))
    }
  }
  return matches
}

const pointOf = ({ latitude, longitude }: Place): Point | null =>
  latitude === null || longitude === null ? null : { latitude, longitude }

const toMatch = (location: RulesetLocation, territory: TerritoryEntry, point: Point | null): Match => ({
  location,
  tier: territory.exclusive ? 'exclusive' : 'shared',
  territoryKind: territory.kind,
  territoryId: territory.id,
  whenUnavailable: territory.exclusive ? territory.whenUnavailable : 'RELEASE_NOW',
  distanceM: point && distanceM(point, location),
})

const nearestMatch = (location: RulesetLocation, metres: number): Match => ({
  location,
  tier: 'nearest',
  territoryKind: null,
  territoryId: null,
  whenUnavailable: 'RELEASE_NOW',
  distanceM: metres,
})

function isStronger(territory: TerritoryEntry, known: TerritoryEntry): boolean {
  const difference = strength(territory) - strength(known)
  return difference < 0 || (difference === 0 && territory.id < known.id)
}

/** Lower is stronger. */
const strength = ({ exclusive, kind }: TerritoryEntry): number =>
  (exclusive ? 0 : territoryKinds.length) + territoryKinds.indexOf(kind)
