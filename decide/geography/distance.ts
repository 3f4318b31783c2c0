/** Mean Earth radius, metres (IUGG R1). */
export const EARTH_RADIUS_M = 6_371_008.8
const RADIANS = Math.PI / 180

export type Point = { latitude: number; longitude: number }

/** Great-circle distance in metres by the haversine formula; exact to about 0.5 % of an ellipsoid's. */
export function distanceM(a: Point, b: Point): number {
  const dLatitude = (b.latitude - a.latitude) * RADIANS
  const dLongitude = (b.longitude - a.longitude) * RADIANS
  const h =
    Math.sin(dLatitude / 2) ** 2 +
    Math.cos(a.latitude * RADIANS) * Math.cos(b.latitude * RADIANS) * Math.sin(dLongitude / 2) ** 2
  return 2 * EARTH_RADIUS_M * Math.asin(Math.min(1, Math.sqrt(h)))
}

/** The point as a unit vector: the larger the dot product of two, the nearer they are. */
export function unitVector({ latitude, longitude }: Point): [number, number, number] {
  const cos = Math.cos(latitude * RADIANS)
  return [cos * Math.cos(longitude * RADIANS), cos * Math.sin(longitude * RADIANS), Math.sin(latitude * RADIANS)]
}

/** The point in the direction of a vector of any length. */
export const toPoint = (x: number, y: number, z: number): Point => ({
  latitude: Math.atan2(z, Math.hypot(x, y)) / RADIANS,
  longitude: Math.atan2(y, x) / RADIANS,
})
