import type { Area, Edges } from './area.ts'
import type { Point } from './distance.ts'

/** How far beside a corner or a crossing is looked, degrees: about ten metres, less than any border is drawn well to. */
const BESIDE = 1e-4
const SIDES = [
  [1, 1],
  [1, -1],
  [-1, 1],
  [-1, -1],
] as const

/**
 * A point within both areas, or null. Two areas that have ground in common have it beside a corner of one of them, or beside a
 * crossing of their edges; a common border alone has none.
 */
export function meetingOfAreas(a: Area, b: Area): Point | null {
  return besideCorners(a.edges, a, b) ?? besideCorners(b.edges, a, b) ?? besideCrossings(a, b)
}

function besideCorners(edges: Edges, a: Area, b: Area): Point | null {
  for (let i = 0; i < edges.length; i += 2) {
    const found = beside(edges[i]!, edges[i + 1]!, a, b)
    if (found) return found
  }
  return null
}

function beside(longitude: number, latitude: number, a: Area, b: Area): Point | null {
  for (const [east, north] of SIDES) {
    const point = { longitude: longitude + east * BESIDE, latitude: latitude + north * BESIDE }
    if (a.contains(point) && b.contains(point)) return point
  }
  return null
}

function besideCrossings(a: Area, b: Area): Point | null {
  const [p, q] = [a.edges, b.edges]
  for (let i = 0; i < p.length; i += 4) {
    for (let k = 0; k < q.length; k += 4) {
      if (q[k + 1]! > p[i + 3]! || q[k + 3]! < p[i + 1]!) continue
      const crossing = crossingOf(p.subarray(i, i + 4), q.subarray(k, k + 4))
      const found = crossing && beside(crossing[0], crossing[1], a, b)
      if (found) return found
    }
  }
  return null
}

function crossingOf(p: Edges, q: Edges): [number, number] | null {
  const [x1, y1, x2, y2] = p as unknown as [number, number, number, number]
  const [x3, y3, x4, y4] = q as unknown as [number, number, number, number]
  if (Math.max(x1, x2) < Math.min(x3, x4) || Math.max(x3, x4) < Math.min(x1, x2)) return null
  const cross = (x2 - x1) * (y4 - y3) - (y2 - y1) * (x4 - x3)
  if (cross === 0) return null
  const alongP = ((x3 - x1) * (y4 - y3) - (y3 - y1) * (x4 - x3)) / cross
  const alongQ = ((x3 - x1) * (y2 - y1) - (y3 - y1) * (x2 - x1)) / cross
  if (alongP < 0 || alongP > 1 || alongQ < 0 || alongQ > 1) return null
  return [x1 + (x2 - x1) * alongP, y1 + (y2 - y1) * alongP]
}
