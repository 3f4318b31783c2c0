import { latLngToCell } from 'h3-js'
import type { Place, Tier } from '../../contracts/decision.ts'
import {
  type RulesetLocation,
  type TerritoryKind,
  territoryKinds,
  type WhenUnavailable,
} from '../../contracts/ruleset.ts'
import type { CompiledRuleset } from '../compile-ruleset.ts'
import type { TerritoryEntry } from '../compile-territories.ts'
import { distanceM, type Point } from '../geography/distance.ts'

/** A location that this lead could go to by geography, before anything is asked of its state. */
export type Match = {
  location: RulesetLocation
  tier: Extract<Tier, 'exclusive' | 'shared' | 'nearest'>
  territoryKind: TerritoryKind | null
  territoryId: string | null
  whenUnavailable: WhenUnavailable
  distanceM: number | null
}

/** Beyond the ones whose territory holds the lead, so many neighbours are weighed and recorded. */
const NEAREST_COUNT_MAX = 10

/** Every location once, by its best claim: exclusive before shared before nearest, ZIP before polygon before radius. */
export function findCandidates(place: Place, ruleset: CompiledRuleset): Match[] {
  const point = place.latitude !== null && place.longitude !== null ? (place as Point) : null
  const matches = new Map<string, Match>()
  for (const territory of territoriesAt(place, point, ruleset)) {
    const location = ruleset.locations.get(territory.locationId)
    if (location) offer(matches, toMatch(location, territory, point))
  }
  if (point && ruleset.nearestMaxM > 0) {
    for (const i of ruleset.nearest.find(point, NEAREST_COUNT_MAX + matches.size)) {
      const location = ruleset.locationList[i]!
      const match: Match = {
        location,
        tier: 'nearest',
        territoryKind: null,
        territoryId: null,
        whenUnavailable: 'RELEASE_NOW',
        distanceM: distanceM(point, location),
      }
      if (!matches.has(location.id)) matches.set(location.id, match)
    }
  }
  return [...matches.values()]
}

function territoriesAt(place: Place, point: Point | null, ruleset: CompiledRuleset): TerritoryEntry[] {
  const found = [...(ruleset.territories.codes.get(`${place.country}:${place.postalCode}`) ?? [])]
  if (!point) return found
  for (const resolution of ruleset.territories.resolutions) {
    const cell = latLngToCell(point.latitude, point.longitude, resolution)
    for (const { territory, boundary } of ruleset.territories.cells.get(cell) ?? []) {
      if (!boundary || territory.contains(point)) found.push(territory)
    }
  }
  return found
}

function toMatch(location: RulesetLocation, territory: TerritoryEntry, point: Point | null): Match {
  return {
    location,
    tier: territory.exclusive ? 'exclusive' : 'shared',
    territoryKind: territory.kind,
    territoryId: territory.id,
    whenUnavailable: territory.whenUnavailable,
    distanceM: point && distanceM(point, location),
  }
}

function offer(matches: Map<string, Match>, match: Match): void {
  const known = matches.get(match.location.id)
  if (!known || claim(match) < claim(known)) matches.set(match.location.id, match)
}

/** Lower is stronger. */
export function claim(match: Pick<Match, 'tier' | 'territoryKind'>): number {
  const tier = { exclusive: 0, shared: 1, nearest: 2 }[match.tier]
  return tier * 10 + (match.territoryKind === null ? 0 : territoryKinds.indexOf(match.territoryKind))
}
