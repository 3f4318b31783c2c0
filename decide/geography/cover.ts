import {
  cellToBoundary,
  cellToLatLng,
  getHexagonAreaAvg,
  getHexagonEdgeLengthAvg,
  gridDisk,
  latLngToCell,
  UNITS,
} from 'h3-js'
import type { Area } from './area.ts'
import { cellOutline, mayTouch } from './cell-outline.ts'
import { distanceM, type Point } from './distance.ts'

/**
 * A territory's cells at one resolution: `inside` ones wholly belong to it, in `boundary` ones the exact shape decides.
 * Not compacted: a parent's outline is not that of its children, so a compacted cover is wrong near borders.
 */
export type Cover = { resolution: number; inside: string[]; boundary: string[] }

type Relation = 'inside' | 'boundary' | 'outside'

/** Enough for few exact tests, few enough to publish 1,000 territories in seconds. */
const CELLS_AIMED = 300
const RESOLUTION_MIN = 2
const RESOLUTION_MAX = 10
/** No cell reaches farther from its centre than this many average edges (1.102 measured over all resolutions in use). */
const REACH_EDGES = 1.2

export function coverCircle(centre: Point, radiusM: number): Cover {
  const resolution = resolutionFor(Math.PI * radiusM ** 2)
  const reachM = REACH_EDGES * getHexagonEdgeLengthAvg(resolution, UNITS.m)
  const relate = (cell: string): Relation => {
    const [latitude, longitude] = cellToLatLng(cell)
    const middleM = distanceM({ latitude, longitude }, centre)
    if (middleM + reachM <= radiusM) return 'inside'
    if (middleM - reachM > radiusM) return 'outside'
    // A circle is convex, as a cell is: with all corners it holds the whole cell.
    const corners = cellToBoundary(cell)
    return corners.every(([lat, lng]) => distanceM({ latitude: lat, longitude: lng }, centre) <= radiusM)
      ? 'inside'
      : 'boundary'
  }
  return grow([centre], resolution, relate)
}

/**
 * Cells that touch the area, so that one smaller than a cell is not lost. A long thin one takes coarser cells than its extent
 * asks for: what counts there is the length of its outline.
 */
export function coverArea(area: Area): Cover {
  const relate = (cell: string): Relation => {
    if (mayTouch(cellOutline(cell), area.edges)) return 'boundary'
    const [latitude, longitude] = cellToLatLng(cell)
    return area.contains({ latitude, longitude }) ? 'inside' : 'outside'
  }
  return grow(area.starts, resolutionFor(Math.max(area.extentM2, area.perimeterM ** 2 / CELLS_AIMED)), relate)
}

/**
 * From the starting points outwards over neighbours, as far as the shape reaches: right at poles, pentagons and the
 * antimeridian, where filling a polygon of the plane is not.
 */
function grow(starts: readonly Point[], resolution: number, relate: (cell: string) => Relation): Cover {
  const cover: Cover = { resolution, inside: [], boundary: [] }
  const seen = new Set(starts.map(({ latitude, longitude }) => latLngToCell(latitude, longitude, resolution)))
  const first = new Set(seen)
  for (const queue = [...seen]; queue.length > 0; ) {
    const cell = queue.pop()!
    const relation = relate(cell)
    if (relation === 'outside' && !first.has(cell)) continue
    if (relation !== 'outside') cover[relation].push(cell)
    for (const next of gridDisk(cell, 1)) {
      if (!seen.has(next)) {
        seen.add(next)
        queue.push(next)
      }
    }
  }
  return cover
}

function resolutionFor(areaM2: number): number {
  for (let resolution = RESOLUTION_MAX; resolution > RESOLUTION_MIN; resolution -= 1) {
    if (areaM2 / getHexagonAreaAvg(resolution, UNITS.m2) <= CELLS_AIMED) return resolution
  }
  return RESOLUTION_MIN
}
