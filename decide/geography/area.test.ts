import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Area, compileArea, type Polygon } from './area.ts'
import type { Point } from './distance.ts'
import type { Ring, Vertex } from './split-ring.ts'

const at = (longitude: number, latitude: number): Point => ({ latitude, longitude })
const ring: Ring = [
  [-84.5, 33.5],
  [-84, 33.5],
  [-84, 34],
  [-84.5, 34],
  [-84.5, 33.5],
]
const hole: Ring = [
  [-84.3, 33.7],
  [-84.2, 33.7],
  [-84.2, 33.8],
  [-84.3, 33.8],
  [-84.3, 33.7],
]

describe('point in polygon', () => {
  it('a point in a hole is outside', () => {
    const area = compileArea([[ring, hole]])
    expect(area.contains(at(-84.4, 33.6))).toBe(true)
    expect(area.contains(at(-84.25, 33.75))).toBe(false)
  })

  it('a hole and what fills it share the points of its edge', () => {
    const [around, within] = [compileArea([[ring, hole]]), compileArea([[hole]])]
    for (const [longitude, latitude] of hole) {
      expect(owners([around, within], at(longitude, latitude))).toBe(1)
      expect(owners([around, within], at(longitude, 33.75))).toBe(1)
    }
  })

  it('a polygon over 180 degrees holds both sides of the antimeridian', () => {
    const strait = compileArea([
      [
        [
          [179, 51],
          [-179, 51],
          [-179, 53],
          [179, 53],
          [179, 51],
        ],
      ],
    ])
    for (const longitude of [179.5, 180, -180, -179.5, 180.5]) expect(strait.contains(at(longitude, 52))).toBe(true)
    for (const longitude of [0, 178.9, -178.9]) expect(strait.contains(at(longitude, 52))).toBe(false)
  })

  it.each([
    ['north', 1],
    ['south', -1],
  ])('a ring around the %s pole holds the pole', (_name, sign) => {
    const cap = compileArea([
      [
        [
          [0, 80 * sign],
          [120, 80 * sign],
          [-120, 80 * sign],
          [0, 80 * sign],
        ],
      ],
    ])
    for (const longitude of [0, 60, 180, -180, -90]) {
      expect(cap.contains(at(longitude, 90 * sign))).toBe(true)
      expect(cap.contains(at(longitude, 85 * sign))).toBe(true)
      expect(cap.contains(at(longitude, 75 * sign))).toBe(false)
    }
  })
})

const owners = (areas: readonly Area[], point: Point): number => areas.filter((area) => area.contains(point)).length

/**
 * A grid with shaken inner corners: `columns` round the whole Earth (the last edge is the first) or over a span, `rows` from
 * pole to pole or over a span. Every second cell is cut in two triangles, so that up to eight polygons meet in a corner.
 */
function tiling(columns: number, rows: number, west: number, south: number, span: number, shake: number[]): Polygon[] {
  const world = span === 360
  const height = world ? 180 : span
  const corner = (column: number, row: number): Vertex => {
    const wrapped = world ? column % columns : column
    const isFixed = row === 0 || row === rows || (!world && (column === 0 || column === columns))
    const s = (k: number) => (isFixed ? 0 : (shake[(wrapped * 31 + row * 17 + k) % shake.length]! - 0.5) * 0.3)
    const longitude = west + ((wrapped + s(0)) * span) / columns
    const latitude = south + ((row + s(1)) * height) / rows
    return [longitude > 180 ? longitude - 360 : longitude < -180 ? longitude + 360 : longitude, latitude]
  }
  return Array.from({ length: columns * rows }, (_, i): Polygon[] => {
    const [column, row] = [i % columns, Math.floor(i / columns)]
    const [a, b] = [corner(column, row), corner(column + 1, row)]
    const [c, d] = [corner(column + 1, row + 1), corner(column, row + 1)]
    return i % 2 === 0 ? [[[a, b, c, d, a]]] : [[[a, b, c, a]], [[c, d, a, c]]]
  }).flat()
}

describe('a tiling of polygons covers every random point exactly once', () => {
  const shakes = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 7, maxLength: 60 })
  const unit = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true })

  it.each([
    ['around Atlanta', 6, 5, -85, 33, 2],
    ['over the antimeridian', 6, 5, 179, -10, 3],
  ])('%s: within, on edges and on vertices', (_name, columns, rows, west, south, span) => {
    fc.assert(
      fc.property(shakes, fc.array(fc.tuple(unit, unit), { minLength: 30, maxLength: 30 }), (shake, random) => {
        const polygons = tiling(columns, rows, west, south, span, shake)
        const areas = polygons.map((polygon) => compileArea([polygon]))
        for (const [u, v] of random) {
          expect(owners(areas, at(west + (0.001 + u * 0.998) * span, south + (0.001 + v * 0.998) * span))).toBe(1)
          for (const point of onEdge(polygons, u, v)) {
            // On the outer border the neighbour is missing.
            const isBorder = point.latitude >= south + span || beyond(point.longitude, west, span)
            expect(owners(areas, point)).toBe(isBorder ? 0 : 1)
          }
        }
      }),
      { numRuns: 60 },
    )
  })

  it('round the whole Earth, poles and antimeridian included', () => {
    fc.assert(
      fc.property(shakes, fc.array(fc.tuple(unit, unit), { minLength: 30, maxLength: 30 }), (shake, random) => {
        const polygons = tiling(8, 6, -171, -90, 360, shake)
        const areas = polygons.map((polygon) => compileArea([polygon]))
        for (const [u, v] of random) {
          expect(owners(areas, at(u * 360 - 180, v * 180 - 90))).toBe(1)
          expect(owners(areas, at(v < 0.5 ? 180 : -180, u * 180 - 90))).toBe(1)
          for (const point of onEdge(polygons, u, v)) expect(owners(areas, point)).toBe(1)
        }
        for (const pole of [90, -90])
          for (const longitude of [-180, -30, 0, 77, 180]) expect(owners(areas, at(longitude, pole))).toBe(1)
      }),
      { numRuns: 60 },
    )
  })

  const beyond = (longitude: number, west: number, span: number): boolean =>
    (longitude < west - 1e-9 ? longitude + 360 : longitude) >= west + span

  /** A vertex, and a point as near to its edge as numbers allow. */
  function onEdge(polygons: readonly Polygon[], u: number, v: number): Point[] {
    const outer = polygons[Math.floor(u * polygons.length)]![0]!
    const i = Math.floor(v * (outer.length - 1))
    const [a, b] = [outer[i]!, outer[i + 1]!]
    const turn = b[0] - a[0] > 180 ? -360 : b[0] - a[0] < -180 ? 360 : 0
    const share = (u * 7919) % 1
    return [at(a[0], a[1]), at(a[0] + (b[0] + turn - a[0]) * share, a[1] + (b[1] - a[1]) * share)]
  }
})
