import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Territory } from '../contracts/ruleset.ts'
import { compileTerritories, type Spot, territoriesAt } from './compile-territories.ts'

const spot = (longitude: number, latitude: number): Spot => ({
  ...{ postalCode: null, plus4: null, state: null, country: null, fault: null },
  point: { longitude, latitude },
})

/** Boxes of equal degrees side by side; the first column may begin anywhere, over the antimeridian too. */
function boxes(columns: number, rows: number, west: number, south: number, width: number, height: number): Territory[] {
  const x = (column: number): number => ((((west + column * width + 180) % 360) + 360) % 360) - 180
  const y = (row: number): number => south + row * height
  return Array.from({ length: columns * rows }, (_, i): Territory => {
    const [column, row] = [i % columns, Math.floor(i / columns)]
    const [w, e, s, n] = [x(column), x(column + 1), y(row), y(row + 1)]
    const ring: [number, number][] = [
      [w, s],
      [e, s],
      [e, n],
      [w, n],
      [w, s],
    ]
    return { id: `box-${i}`, locationId: `loc-${i}`, exclusive: true, kind: 'polygon', polygons: [[ring]] }
  })
}

describe('the compiled index', () => {
  const unit = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true })

  it('of a tiling of the whole Earth gives every point one territory: edges, vertices, poles, antimeridian included', () => {
    const index = compileTerritories(boxes(8, 6, -171, -90, 45, 30))
    const longitudes = fc.oneof(
      unit.map((u) => u * 360 - 180),
      fc.integer({ min: 0, max: 7 }).map((k) => k * 45 - 171),
      fc.constantFrom(180, -180),
    )
    const latitudes = fc.oneof(
      unit.map((u) => u * 180 - 90),
      fc.integer({ min: 0, max: 6 }).map((k) => k * 30 - 90),
    )
    fc.assert(
      fc.property(longitudes, latitudes, (longitude, latitude) => {
        expect(territoriesAt(index, spot(longitude, latitude))).toHaveLength(1)
      }),
      { numRuns: 5_000 },
    )
  })

  it.each([
    ['around Atlanta', -85, 33],
    ['over the antimeridian', 179.7, 51],
    ['at the pentagon near 23.72,-67.13', -67.4, 23.5],
    ['at the pentagon near 50.10,-143.48', -143.8, 49.9],
  ])('of a tiling %s gives every point one territory', (_name, west, south) => {
    const index = compileTerritories(boxes(6, 5, west, south, 0.125, 0.125))
    // Inner lines only: on the outermost the neighbour is missing.
    const along = (count: number) =>
      fc.oneof(
        unit.map((u) => (0.001 + u * 0.998) * count),
        fc.integer({ min: 1, max: count - 1 }),
      )
    fc.assert(
      fc.property(along(6), along(5), (u, v) => {
        expect(territoriesAt(index, spot(west + u * 0.125, south + v * 0.125))).toHaveLength(1)
      }),
      { numRuns: 3_000 },
    )
  })
})
