import { cellToBoundary } from 'h3-js'
import type { Edges } from './area.ts'

/**
 * A cell on the plane of longitude and latitude. Its true edges are great circles and bulge towards the pole: `bulge` says by
 * how many degrees at most, and the box contains all of the cell.
 */
export type CellOutline = {
  vertices: [number, number][]
  west: number
  east: number
  south: number
  north: number
  bulge: number
  /** It holds a pole: on the plane it is the whole strip up to there. */
  isPolar: boolean
}

const RADIANS = Math.PI / 180

/** Longitudes are continuous: those of a cell on the antimeridian go beyond 180. */
export function cellOutline(cell: string): CellOutline {
  const boundary = cellToBoundary(cell)
  const start = boundary[0]![1]
  const vertices = boundary.map(([y, x]): [number, number] => [start + shortWay(x - start), y])
  const xs = vertices.map(([x]) => x)
  const ys = vertices.map(([, y]) => y)
  const [west, east] = [Math.min(...xs), Math.max(...xs)]
  const [south, north] = [Math.min(...ys), Math.max(...ys)]
  if (east - west >= 120) {
    // So wide only near a pole: taken as the whole strip from its farthest vertex on.
    const polar = { vertices, west: -180, east: 180, bulge: 0, isPolar: true }
    return north > 0 ? { ...polar, south, north: 90 } : { ...polar, south: -90, north }
  }
  const top = north > 0 ? summit(north, east - west) : north
  const bottom = south < 0 ? -summit(-south, east - west) : south
  const bulge = Math.max(top - north, south - bottom) + 1e-9
  return { vertices, west, east, south: bottom - 1e-9, north: top + 1e-9, bulge, isPolar: false }
}

const shortWay = (degrees: number): number => degrees - 360 * Math.round(degrees / 360)

/** The highest latitude of a great circle between two points of this latitude, so many degrees apart. */
const summit = (latitude: number, width: number): number =>
  Math.atan(Math.tan(latitude * RADIANS) / Math.cos((width * RADIANS) / 2)) / RADIANS

/** Could an edge run through the cell? Never false when it does. */
export function mayTouch(outline: CellOutline, edges: Edges): boolean {
  if (mayTouchShifted(outline, edges, 0)) return true
  if (outline.west < -180 && mayTouchShifted(outline, edges, 360)) return true
  return outline.east > 180 && mayTouchShifted(outline, edges, -360)
}

function mayTouchShifted(outline: CellOutline, edges: Edges, shift: number): boolean {
  const { south, north } = outline
  const west = outline.west + shift
  const east = outline.east + shift
  for (let i = 0; i < edges.length; i += 4) {
    const y1 = edges[i + 1]!
    const y2 = edges[i + 3]!
    if (y1 > north || y2 < south) continue
    const x1 = edges[i]!
    const x2 = edges[i + 2]!
    if ((x1 < west && x2 < west) || (x1 > east && x2 > east)) continue
    if (outline.isPolar || !isBeside(outline, shift, x1, y1, x2, y2)) return true
  }
  return false
}

/** Is the whole cell on one side of the line through the edge, farther from it than the bulge? */
function isBeside(
  { vertices, bulge }: CellOutline,
  shift: number,
  x1: number,
  y1: number,
  x2: number,
  y2: number,
): boolean {
  const dx = x2 - x1
  const dy = y2 - y1
  const slack = bulge * (Math.abs(dx) + Math.abs(dy))
  let left = true
  let right = true
  for (const [x, y] of vertices) {
    const side = dx * (y - y1) - dy * (x + shift - x1)
    if (side <= slack) left = false
    if (side >= -slack) right = false
  }
  return left || right
}
