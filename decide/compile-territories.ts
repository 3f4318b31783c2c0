import type { Territory, TerritoryKind, WhenUnavailable } from '../contracts/ruleset.ts'
import { type Cover, coverCircle, coverPolygon } from './geography/cover.ts'
import { distanceM, type Point } from './geography/distance.ts'
import { isInPolygon } from './geography/polygon.ts'

export type TerritoryEntry = {
  id: string
  locationId: string
  kind: TerritoryKind
  exclusive: boolean
  whenUnavailable: WhenUnavailable
  /** The exact test for points in boundary cells. */
  contains: (point: Point) => boolean
}

export type CellEntry = { territory: TerritoryEntry; boundary: boolean }

export type TerritoryIndex = {
  /** `US:30305`, `CA:M5V` -> territories. */
  codes: ReadonlyMap<string, readonly TerritoryEntry[]>
  cells: ReadonlyMap<string, readonly CellEntry[]>
  /** Resolutions that occur in `cells`. */
  resolutions: readonly number[]
}

export function compileTerritories(territories: readonly Territory[]): TerritoryIndex {
  const codes = new Map<string, TerritoryEntry[]>()
  const cells = new Map<string, CellEntry[]>()
  const resolutions = new Set<number>()
  for (const territory of territories) {
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
  return { codes, cells, resolutions: [...resolutions] }
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
  return { id, locationId, kind, exclusive, whenUnavailable: territory.whenUnavailable ?? 'RELEASE_NOW', contains }
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
