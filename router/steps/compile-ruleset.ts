import type { TerritoryKind } from '../../contracts/decision.ts'
import type { Cap, PublishedRuleset, RulesetDocument, RulesetLocation, Territory } from '../../contracts/ruleset.ts'
import { type Cover, coverCircle, coverPolygon } from './cover.ts'
import { createDayWindows, type DayWindows } from './day-window.ts'
import { distanceM, type Point } from './distance.ts'
import { createNearestIndex, type NearestIndex } from './nearest.ts'
import { isInPolygon } from './polygon.ts'

export type TerritoryEntry = {
  id: string
  locationId: string
  kind: TerritoryKind
  exclusive: boolean
  /** The exact test for points in boundary cells. */
  contains: (point: Point) => boolean
}

export type CellEntry = { territory: TerritoryEntry; boundary: boolean }

/** A published ruleset made ready for lookups. Built once per version, then only read. */
export type CompiledRuleset = {
  hash: string
  tenant: string
  strategy: RulesetDocument['strategy']
  nearestMaxM: number
  locations: ReadonlyMap<string, RulesetLocation>
  locationList: readonly RulesetLocation[]
  capsOf: (locationId: string) => readonly Cap[]
  /** `US:30305`, `CA:M5V` -> territories. */
  codes: ReadonlyMap<string, readonly TerritoryEntry[]>
  cells: ReadonlyMap<string, readonly CellEntry[]>
  /** Resolutions that occur in `cells`. */
  resolutions: readonly number[]
  nearest: NearestIndex
  dayWindows: DayWindows
}

export function compileRuleset({ hash, document, locations }: PublishedRuleset): CompiledRuleset {
  const codes = new Map<string, TerritoryEntry[]>()
  const cells = new Map<string, CellEntry[]>()
  const resolutions = new Set<number>()
  for (const territory of document.territories) {
    const entry = toEntry(territory)
    if (territory.kind === 'zip') {
      for (const code of territory.codes) append(codes, `${territory.country}:${code}`, entry)
    } else {
      for (const cover of coversOf(territory)) {
        resolutions.add(cover.resolution)
        for (const cell of cover.inside) append(cells, cell, { territory: entry, boundary: false })
        for (const cell of cover.boundary) append(cells, cell, { territory: entry, boundary: true })
      }
    }
  }
  const caps = groupByLocation(document.caps)
  return {
    hash,
    tenant: document.tenant,
    strategy: document.strategy,
    nearestMaxM: document.nearestMaxM,
    locations: new Map(locations.map((location) => [location.id, location])),
    locationList: locations,
    capsOf: (locationId) => caps.get(locationId) ?? [],
    codes,
    cells,
    resolutions: [...resolutions],
    nearest: createNearestIndex(locations),
    dayWindows: createDayWindows(),
  }
}

function coversOf(territory: Exclude<Territory, { kind: 'zip' }>): Cover[] {
  return territory.kind === 'radius'
    ? [coverCircle(territory, territory.radiusM)]
    : territory.polygons.map(coverPolygon)
}

function toEntry(territory: Territory): TerritoryEntry {
  const { id, locationId, kind, exclusive } = territory
  const contains = (point: Point): boolean => {
    if (territory.kind === 'radius') return distanceM(territory, point) <= territory.radiusM
    if (territory.kind === 'polygon') return territory.polygons.some((polygon) => isInPolygon(point, polygon))
    return false
  }
  return { id, locationId, kind, exclusive, contains }
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
