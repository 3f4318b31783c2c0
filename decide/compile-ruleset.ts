import type {
  Cap,
  PublishedRuleset,
  RulesetDocument,
  RulesetLocation,
  Territory,
  TerritoryKind,
} from '../contracts/ruleset.ts'
import { createDayWindows, type DayWindows } from './capacity/day-window.ts'
import { type Cover, coverCircle, coverPolygon } from './geography/cover.ts'
import { distanceM, type Point } from './geography/distance.ts'
import { createNearestIndex, type NearestIndex } from './geography/nearest.ts'
import { isInPolygon } from './geography/polygon.ts'

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

function coversOf(territory: Territory): Cover[] {
  if ('codes' in territory) return []
  return territory.kind === 'radius'
    ? [coverCircle(territory, radiusM(territory))]
    : territory.polygons.map(coverPolygon)
}

function toEntry(territory: Territory): TerritoryEntry {
  const { id, locationId, kind, exclusive } = territory
  const contains = (point: Point): boolean => {
    if (territory.kind === 'radius') return distanceM(territory, point) <= radiusM(territory)
    if ('polygons' in territory) return territory.polygons.some((polygon) => isInPolygon(point, polygon))
    return false
  }
  return { id, locationId, kind, exclusive, contains }
}

const METRES_PER_MILE = 1_609.344

/** The lint keeps documents out that say none or several of the three. */
const radiusM = (territory: Extract<Territory, { kind: 'radius' }>): number =>
  territory.radiusM ?? (territory.radiusKm ?? 0) * 1_000 + (territory.radiusMi ?? 0) * METRES_PER_MILE

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
