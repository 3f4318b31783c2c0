import fc from 'fast-check'
import { latLngToCell } from 'h3-js'
import { describe, expect, it } from 'vitest'
import { type Cover, coverCircle, coverPolygon } from './cover.ts'
import { distanceM, type Point } from './distance.ts'
import { isInPolygon, type Polygon } from './polygon.ts'

/** What the index answers for a point: in by cell, out by cell, or "ask the exact shape". */
function answer(cover: Cover, point: Point): 'in' | 'out' | 'ask' {
  const cell = latLngToCell(point.latitude, point.longitude, cover.resolution)
  if (cover.inside.includes(cell)) return 'in'
  return cover.boundary.includes(cell) ? 'ask' : 'out'
}

const near = (centre: Point, spreadDegrees: number) =>
  fc.record({
    latitude: fc.double({
      min: Math.max(-90, centre.latitude - spreadDegrees),
      max: Math.min(90, centre.latitude + spreadDegrees),
      noNaN: true,
    }),
    longitude: fc
      .double({ min: centre.longitude - spreadDegrees * 2, max: centre.longitude + spreadDegrees * 2, noNaN: true })
      .map((longitude) => ((longitude + 540) % 360) - 180),
  })

describe('a territory covered by cells never lies about a point', () => {
  it.each([
    ['Atlanta, 45 km', { latitude: 33.8, longitude: -84.4 }, 45_000],
    ['a pentagon near Puerto Rico', { latitude: 23.72, longitude: -67.13 }, 60_000],
    ['a pentagon near Vancouver Island', { latitude: 50.1, longitude: -143.48 }, 60_000],
    ['across the antimeridian', { latitude: 52, longitude: 179.9 }, 80_000],
    ['at the north pole', { latitude: 89.9, longitude: 0 }, 50_000],
    ['smaller than a cell', { latitude: 40, longitude: -75 }, 3],
  ])('radius: %s', (_name, centre, radiusM) => {
    const cover = coverCircle(centre, radiusM)
    fc.assert(
      fc.property(near(centre, Math.max(radiusM / 80_000, 0.001)), (point) => {
        const truth = distanceM(centre, point) <= radiusM
        const said = answer(cover, point)
        if (said !== 'ask') expect(said === 'in').toBe(truth)
      }),
      { numRuns: 400 },
    )
    expect(answer(cover, centre)).not.toBe('out')
  })

  const square = (west: number, south: number, size: number): Polygon => [
    [
      [west, south],
      [west + size, south],
      [west + size, south + size],
      [west, south + size],
      [west, south],
    ],
  ]

  it.each([
    ['half a degree', square(-84.5, 33.5, 0.5)],
    ['smaller than a cell', square(-84.5, 33.5, 0.00001)],
  ])('polygon: %s', (_name, polygon) => {
    const cover = coverPolygon(polygon)
    const [[west, south], , [east, north]] = polygon[0] as unknown as [[number, number], unknown, [number, number]]
    const centre = { latitude: (south + north) / 2, longitude: (west + east) / 2 }
    fc.assert(
      fc.property(near(centre, (north - south) * 0.8), (point) => {
        const said = answer(cover, point)
        if (said !== 'ask') expect(said === 'in').toBe(isInPolygon(point, polygon))
      }),
      { numRuns: 400 },
    )
    expect(answer(cover, centre)).not.toBe('out')
  })
})

describe('point in polygon', () => {
  const ring: [number, number][] = [
    [-84.5, 33.5],
    [-84, 33.5],
    [-84, 34],
    [-84.5, 34],
    [-84.5, 33.5],
  ]
  const hole: [number, number][] = [
    [-84.3, 33.7],
    [-84.2, 33.7],
    [-84.2, 33.8],
    [-84.3, 33.8],
    [-84.3, 33.7],
  ]

  it('leaves holes out', () => {
    expect(isInPolygon({ latitude: 33.6, longitude: -84.4 }, [ring, hole])).toBe(true)
    expect(isInPolygon({ latitude: 33.75, longitude: -84.25 }, [ring, hole])).toBe(false)
  })

  it('gives a point on a shared edge to exactly one of two neighbours', () => {
    const east = ring.map(([longitude, latitude]) => [longitude + 0.5, latitude] as [number, number])
    fc.assert(
      fc.property(fc.double({ min: 33.5, max: 33.999, noNaN: true }), (latitude) => {
        const point = { latitude, longitude: -84 }
        expect(Number(isInPolygon(point, [ring])) + Number(isInPolygon(point, [east]))).toBe(1)
      }),
    )
  })

  it('reaches over 180 degrees', () => {
    const strait: [number, number][] = [
      [179, 51],
      [-179, 51],
      [-179, 53],
      [179, 53],
      [179, 51],
    ]
    expect(isInPolygon({ latitude: 52, longitude: 179.5 }, [strait])).toBe(true)
    expect(isInPolygon({ latitude: 52, longitude: -179.5 }, [strait])).toBe(true)
    expect(isInPolygon({ latitude: 52, longitude: 0 }, [strait])).toBe(false)
  })
})
