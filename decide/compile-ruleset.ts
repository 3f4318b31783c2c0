import type { Cap, PublishedRuleset, RulesetDocument, RulesetLocation } from '../contracts/ruleset.ts'
import { createDayWindows, type DayWindows } from './capacity/day-window.ts'
import { compileTerritories, type TerritoryIndex } from './compile-territories.ts'
import { createNearestIndex, type NearestIndex } from './geography/nearest.ts'

/** A published ruleset made ready for lookups. Built once per version, then only read. */
export type CompiledRuleset = {
  hash: string
  tenant: string
  strategy: RulesetDocument['strategy']
  nearestMaxM: number
  locations: ReadonlyMap<string, RulesetLocation>
  locationList: readonly RulesetLocation[]
  capsOf: (locationId: string) => readonly Cap[]
  territories: TerritoryIndex
  nearest: NearestIndex
  dayWindows: DayWindows
}

export function compileRuleset({ hash, document, locations }: PublishedRuleset): CompiledRuleset {
  const caps = groupByLocation(document.caps)
  return {
    hash,
    tenant: document.tenant,
    strategy: document.strategy,
    nearestMaxM: document.nearestMaxM,
    locations: new Map(locations.map((location) => [location.id, location])),
    locationList: locations,
    capsOf: (locationId) => caps.get(locationId) ?? [],
    territories: compileTerritories(document.territories),
    nearest: createNearestIndex(locations),
    dayWindows: createDayWindows(),
  }
}

function append<T>(groups: Map<string, T[]>, key: string, entry: T): void {
  const group = groups.get(key)
  if (group) group.push(entry)
  else groups.set(key, [entry])
}

function groupByLocation(caps: readonly Cap[]): Map<string, Cap[]> {
  const groups = new Map<string, Cap[]>()
  for (const cap of caps) append(groups, cap.locationId, cap)
  return groups
}
