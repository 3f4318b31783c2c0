import { latLngToCell } from 'h3-js'
import type { Place } from '../contracts/place.ts'
import type { Territory, TerritoryKind, WhenUnavailable } from '../contracts/ruleset.ts'
import { finish } from './finish.ts'
import { compileArea } from './geography/area.ts'
import { buildCellLayer, type CellLayer, cellKey, findCell } from './geography/cell-layer.ts'
import { type Cover, coverArea, coverCircle } from './geography/cover.ts'
import { distanceM, type Point } from './geography/distance.ts'
import { radiusM } from './geography/radius.ts'

export type TerritoryEntry = {
  id: string
  locationId: string
  kind: TerritoryKind
  exclusive: boolean
  whenUnavailable: WhenUnavailable
  /** The exact test of its shape; false for lists of codes. */
  contains: (point: Point) => boolean
}

/** Which territories hold a place: by code, and by cell with the exact shape on borders. */
export type TerritoryIndex = {
  list: readonly TerritoryEntry[]
  /** `US:303051234`, `US:30305`, `CA:M5V`, `US:GA`, `DE:*` -> territories. */
  codes: ReadonlyMap<string, readonly TerritoryEntry[]>
  /** One per resolution in use. */
  layers: readonly CellLayer[]
}

export const compileTerritories = (territories: readonly Territory[]): TerritoryIndex =>
  finish(territoryCompilation(territories))

/** The same in steps of a territory each, between which its caller may do something else. */
export function* territoryCompilation(territories: readonly Territory[]): Generator<void, TerritoryIndex> {
  const codes = new Map<string, readonly TerritoryEntry[]>()
  const cells = new Map<number, Map<number, number[]>>()
  const list: TerritoryEntry[] = []
  for (const [position, territory] of territories.entries()) {
    const { contains, cover } = shapeOf(territory)
    const { id, locationId, kind, exclusive, whenUnavailable = 'RELEASE_NOW' } = territory
    const entry = { id, locationId, kind, exclusive, whenUnavailable, contains }
    // One list shared by all codes that are only his.
    const alone = [entry]
    for (const code of codesOf(territory)) {
      const others = codes.get(code)
      codes.set(code, others ? [...others, entry] : alone)
    }
    if (cover) addCover(cells, cover, position)
    list.push(entry)
    yield
  }
  const layers = [...cells].map(([resolution, claims]) => buildCellLayer(resolution, claims))
  return { list, codes, layers: layers.sort((a, b) => b.resolution - a.resolution) }
}

const none: readonly TerritoryEntry[] = []

/** What is asked of a place. */
export type Spot = Pick<Place, 'postalCode' | 'plus4' | 'state' | 'country' | 'fault'> & { point: Point | null }

/** Every territory that holds it. Military post is in no country's territory: it has its own fallback. */
export function territoriesAt({ list, codes, layers }: TerritoryIndex, spot: Spot): TerritoryEntry[] {
  const { country, postalCode, plus4, state, point } = spot
  const found: TerritoryEntry[] = []
  if (country !== null && codes.size > 0) {
    if (postalCode !== null && plus4 !== null) found.push(...(codes.get(`${country}:${postalCode}${plus4}`) ?? none))
    if (postalCode !== null) found.push(...(codes.get(`${country}:${postalCode}`) ?? none))
    if (state !== null) found.push(...(codes.get(`${country}:${state}`) ?? none))
    if (spot.fault !== 'NON_GEOGRAPHIC') found.push(...(codes.get(`${country}:*`) ?? none))
  }
  if (point === null) return found
  for (const layer of layers) {
    const cell = findCell(layer, latLngToCell(point.latitude, point.longitude, layer.resolution))
    if (cell < 0) continue
    for (let i = layer.starts[cell]!; i < layer.starts[cell + 1]!; i += 1) {
      const claim = layer.claims[i]!
      const entry = list[claim >> 1]!
      if ((claim & 1) === 0 || entry.contains(point)) found.push(entry)
    }
  }
  return found
}

/** The keys under which a list of codes is found. */
export function codesOf(territory: Territory): string[] {
  switch (territory.kind) {
    case 'zip4':
      return territory.codes.map((code) => `US:${code}`)
    case 'zip':
    case 'state':
      return territory.codes.map((code) => `${territory.country}:${code}`)
    case 'country':
      return territory.codes.map((code) => `${code}:*`)
    case 'polygon':
    case 'drive_time':
    case 'county':
    case 'radius':
      return []
  }
}

function shapeOf(territory: Territory): { contains: TerritoryEntry['contains']; cover: Cover | null } {
  if ('codes' in territory) return { contains: () => false, cover: null }
  if (territory.kind === 'radius') {
    const reachM = radiusM(territory)
    const centre = { latitude: territory.latitude, longitude: territory.longitude }
    return { contains: (point) => distanceM(centre, point) <= reachM, cover: coverCircle(centre, reachM) }
  }
  const area = compileArea(territory.polygons)
  return { contains: area.contains, cover: coverArea(area) }
}

function addCover(cells: Map<number, Map<number, number[]>>, cover: Cover, position: number): void {
  const layer = cells.get(cover.resolution) ?? new Map<number, number[]>()
  cells.set(cover.resolution, layer)
  const add = (cell: string, claim: number): void => {
    const key = cellKey(cell)
    const claims = layer.get(key)
    if (claims) claims.push(claim)
    else layer.set(key, [claim])
  }
  for (const cell of cover.inside) add(cell, position * 2)
  for (const cell of cover.boundary) add(cell, position * 2 + 1)
}
