import {
  cellToBoundary,
  cellToLatLng,
  getHexagonAreaAvg,
  gridDisk,
  latLngToCell,
  POLYGON_TO_CELLS_FLAGS,
  polygonToCellsExperimental,
  UNITS,
} from 'h3-js'
import { distanceM, type Point } from './distance.ts'
import type { Polygon } from './polygon.ts'

/**
 * A territory's cells at one resolution: `inside` ones wholly belong to it, in `boundary` ones the exact shape decides.
 * Not compacted: a parent's outline is not that of its children, so a compacted cover is wrong near borders.
 */
export type Cover = { resolution: number; inside: string[]; boundary: string[] }

/** Enough for few exact tests, few enough to publish 1,000 territories in seconds. */
const CELLS_AIMED = 300
const RESOLUTION_MIN = 2
const RESOLUTION_MAX = 10

/** Cells of a circle, grown outwards from its centre: right at poles, pentagons and the antimeridian. */
export function coverCircle(centre: Point, radiusM: number): Cover {
  const resolution = resolutionFor(Math.PI * radiusM ** 2)
  const start = latLngToCell(centre.latitude, centre.longitude, resolution)
  const inside: string[] = []
  const boundary: string[] = []
  const seen = new Set([start])
  for (const queue = [start]; queue.length > 0; ) {
    const cell = queue.pop()!
    const relation = relate(cell, centre, radiusM)
    if (relation === 'outside' && cell !== start) continue
    if (relation === 'inside') inside.push(cell)
    else boundary.push(cell)
    for (const next of gridDisk(cell, 1)) {
      if (!seen.has(next)) {
        seen.add(next)
        queue.push(next)
      }
    }
  }
  return { resolution, inside, boundary }
}

function relate(cell: string, centre: Point, radiusM: number): 'inside' | 'boundary' | 'outside' {
  const [latitude, longitude] = cellToLatLng(cell)
  const middle = { latitude, longitude }
  const vertices = cellToBoundary(cell).map(([lat, lng]) => ({ latitude: lat, longitude: lng }))
  if (vertices.every((vertex) => distanceM(vertex, centre) <= radiusM)) return 'inside'
  const reachM = Math.max(...vertices.map((vertex) => distanceM(vertex, middle)))
  return distanceM(middle, centre) <= radiusM + reachM ? 'boundary' : 'outside'
}

/** Cells that touch the polygon, so that one smaller than a cell is not lost. */
export function coverPolygon(polygon: Polygon): Cover {
  const rings = polygon.map((ring) => ring.map(([longitude, latitude]) => [longitude, latitude]))
  const resolution = resolutionFor(boundingAreaM2(polygon))
  const touching = polygonToCellsExperimental(rings, resolution, POLYGON_TO_CELLS_FLAGS.containmentOverlapping, true)
  const full = new Set(polygonToCellsExperimental(rings, resolution, POLYGON_TO_CELLS_FLAGS.containmentFull, true))
  return { resolution, inside: [...full], boundary: touching.filter((cell) => !full.has(cell)) }
}

function resolutionFor(areaM2: number): number {
  for (let resolution = RESOLUTION_MAX; resolution > RESOLUTION_MIN; resolution -= 1) {
    if (areaM2 / getHexagonAreaAvg(resolution, UNITS.m2) <= CELLS_AIMED) return resolution
  }
  return RESOLUTION_MIN
}

function boundingAreaM2(polygon: Polygon): number {
  const longitudes = polygon[0]!.map(([longitude]) => longitude)
  const latitudes = polygon[0]!.map(([, latitude]) => latitude)
  const south = Math.min(...latitudes)
  const north = Math.max(...latitudes)
  const west = Math.min(...longitudes)
  const east = Math.max(...longitudes)
  const heightM = distanceM({ latitude: south, longitude: west }, { latitude: north, longitude: west })
  const widthM = ((east - west) * Math.PI * 6_371_008 * Math.cos((((south + north) / 2) * Math.PI) / 180)) / 180
  return Math.max(heightM * Math.abs(widthM), 1)
}
