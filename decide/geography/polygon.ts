import type { Point } from './distance.ts'

/** [longitude, latitude] as in GeoJSON; first ring outer, further rings holes. */
export type Ring = readonly (readonly [number, number])[]
export type Polygon = readonly Ring[]

/**
 * Is the point in the polygon? Edges are straight in longitude and latitude (RFC 7946) and half-open: a point on an edge
 * that two polygons share is in exactly one of them. Rings that cross the antimeridian are unwrapped first.
 */
export function isInPolygon(point: Point, polygon: Polygon): boolean {
  const [outer, ...holes] = polygon
  return outer !== undefined && isInRing(point, outer) && !holes.some((hole) => isInRing(point, hole))
}

function isInRing(point: Point, ring: Ring): boolean {
  const unwrapped = unwrap(ring)
  const minLongitude = Math.min(...unwrapped.map(([longitude]) => longitude))
  const longitude = point.longitude + 360 * Math.ceil((minLongitude - point.longitude) / 360)
  return crossesOdd(longitude, point.latitude, unwrapped)
}

/** Ray casting to the east; `>` on one end and `<=` on the other is what makes the edges half-open. */
function crossesOdd(x: number, y: number, ring: Ring): boolean {
  let inside = false
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i, i += 1) {
    const [xi, yi] = ring[i]!
    const [xj, yj] = ring[j]!
    if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) inside = !inside
  }
  return inside
}

/** Makes longitudes continuous: a step of more than 180 degrees goes the short way round. */
function unwrap(ring: Ring): [number, number][] {
  let shift = 0
  let previous = ring[0]?.[0] ?? 0
  return ring.map(([longitude, latitude]) => {
    const step = longitude - previous
    if (step > 180) shift -= 360
    if (step < -180) shift += 360
    previous = longitude
    return [longitude + shift, latitude]
  })
}
