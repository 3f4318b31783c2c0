import fc from 'fast-check'
import { cellToVertexes, latLngToCell, vertexToLatLng } from 'h3-js'
import { describe, expect, it } from 'vitest'
import { compileArea, type Polygon } from './area.ts'
import { type Cover, coverArea, coverCircle } from './cover.ts'
import { distanceM, type Point } from './distance.ts'

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
    ['the pentagon near 23.72,-67.13', { latitude: 23.72, longitude: -67.13 }, 60_000],
    ['the pentagon near 50.10,-143.48', { latitude: 50.1, longitude: -143.48 }, 60_000],
    ['across the antimeridian', { latitude: 52, longitude: 179.9 }, 80_000],
    ['at the north pole', { latitude: 90, longitude: 0 }, 50_000],
    ['at the south pole', { latitude: -90, longitude: 0 }, 50_000],
    ['a continent, 2,000 km', { latitude: 40, longitude: -100 }, 2_000_000],
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
  const ringOf = (...ring: [number, number][]): Polygon => [ring]

  it.each([
    ['half a degree', [square(-84.5, 33.5, 0.5)]],
    ['a polygon smaller than a cell', [square(-84.5, 33.5, 0.00001)]],
    ['a polygon over 180 degrees', [ringOf([179, 51], [-179, 51], [-179, 53], [179, 53], [179, 51])]],
    ['at the pentagon near 23.72,-67.13', [square(-67.5, 23.4, 0.7)]],
    ['at the pentagon near 50.10,-143.48', [square(-143.8, 49.8, 0.7)]],
    ['around the north pole', [ringOf([0, 88], [90, 88], [180, 88], [-90, 88], [0, 88])]],
    ['around the south pole', [ringOf([0, -88], [90, -88], [180, -88], [-90, -88], [0, -88])]],
    ['up to the pole', [ringOf([10, 80], [40, 80], [40, 90], [10, 90], [10, 80])]],
    ['Antarctica, as drawn from -180 to 180', [ringOf([-180, -90], [180, -90], [180, -70], [-180, -70], [-180, -90])]],
    ['two islands far apart', [square(-84.5, 33.5, 0.2), square(-70, 40, 0.2)]],
    ['a long thin corridor', [ringOf([-100, 30], [-90, 35], [-90, 35.001], [-100, 30.001], [-100, 30])]],
    ['a hole in the middle', [[...square(-84.5, 33.5, 1), ...square(-84.2, 33.8, 0.3)]]],
  ] as [string, Polygon[]][])('polygon: %s', (_name, polygons) => {
    const area = compileArea(polygons)
    const cover = coverArea(area)
    const points = fc.oneof(
      ...polygons.map(([outer]) =>
        fc.constantFrom(...outer!).chain(([longitude, latitude]) => near({ latitude, longitude }, 1)),
      ),
      near({ latitude: 33.8, longitude: -84.2 }, 0.7),
      fc.record({
        latitude: fc.double({ min: -90, max: 90, noNaN: true }),
        longitude: fc.double({ min: -180, max: 180, noNaN: true }),
      }),
    )
    fc.assert(
      fc.property(points, (point) => {
        const said = answer(cover, point)
        if (said !== 'ask') expect(said === 'in').toBe(area.contains(point))
      }),
      { numRuns: 1_500 },
    )
    for (const start of area.starts) expect(answer(cover, start)).not.toBe('out')
    expect(cover.inside.length + cover.boundary.length).toBeLessThan(2_000)
  })

  it('answers for a point on a cell vertex, whichever of the three cells it is counted to', () => {
    const area = compileArea([square(-84.5, 33.5, 0.5)])
    const cover = coverArea(area)
    for (const cell of [...cover.inside, ...cover.boundary]) {
      for (const vertex of cellToVertexes(cell)) {
        const [latitude, longitude] = vertexToLatLng(vertex)
        const said = answer(cover, { latitude, longitude })
        if (said !== 'ask') expect(said === 'in').toBe(area.contains({ latitude, longitude }))
      }
    }
  })
})
