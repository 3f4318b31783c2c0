import fc from 'fast-check'
import { cellToLatLng, getPentagons } from 'h3-js'
import { describe, expect, it } from 'vitest'
import { distanceM, type Point } from './distance.ts'
import { createNearestIndex } from './nearest.ts'

const anywhere = fc.record({
  latitude: fc.double({ min: -90, max: 90, noNaN: true }),
  longitude: fc.double({ min: -180, max: 180, noNaN: true }),
})
const named = (points: readonly Point[]) =>
  points.map((point, i) => ({ ...point, id: `loc-${String(i).padStart(5, '0')}` }))

const byDistance = (places: readonly (Point & { id: string })[], lead: Point): { id: string; metres: number }[] =>
  places
    .map((place) => ({ id: place.id, metres: distanceM(lead, place) }))
    .sort((a, b) => a.metres - b.metres || (a.id < b.id ? -1 : 1))

/** A repeatable stream of numbers in [0, 1). */
function draws(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

describe('the nearest locations', () => {
  it('are those with the smallest great-circle distance, whatever the points', () => {
    fc.assert(
      fc.property(fc.array(anywhere, { minLength: 1, maxLength: 60 }), anywhere, (points, lead) => {
        const places = named(points)
        const truth = byDistance(places, lead)
        const found = createNearestIndex(places).find(lead, 5)
        expect(found.length).toBe(Math.min(5, points.length))
        found.forEach(({ distanceM: metres }, rank) => {
          expect(Math.abs(metres - truth[rank]!.metres)).toBeLessThan(0.2)
        })
      }),
      { numRuns: 300 },
    )
  })

  it('equal brute-force haversine for 100,000 random points: borders, pentagons, poles and the antimeridian included', () => {
    const draw = draws(7)
    const sphere = (): Point => ({
      latitude: (Math.asin(draw() * 2 - 1) * 180) / Math.PI,
      longitude: draw() * 360 - 180,
    })
    const pentagons = getPentagons(5).map((cell): Point => {
      const [latitude, longitude] = cellToLatLng(cell)
      return { latitude, longitude }
    })
    const around = ({ latitude, longitude }: Point): Point => ({
      latitude: Math.max(-90, Math.min(90, latitude + draw() - 0.5)),
      longitude: ((longitude + draw() + 539.5) % 360) - 180,
    })
    const special = (): Point => {
      const kind = Math.floor(draw() * 5)
      if (kind === 0) return around(pentagons[Math.floor(draw() * 12)]!)
      if (kind === 1) return { latitude: draw() < 0.5 ? 90 - draw() : draw() - 90, longitude: draw() * 360 - 180 }
      if (kind === 2) return { latitude: sphere().latitude, longitude: draw() < 0.5 ? 180 : -180 + draw() * 1e-6 }
      if (kind === 3) return { latitude: draw() < 0.5 ? 90 : -90, longitude: draw() * 360 - 180 }
      return { latitude: 49, longitude: -123 + draw() * 30 }
    }
    const places = named(Array.from({ length: 250 }, (_, i) => (i % 2 === 0 ? sphere() : special())))
    const index = createNearestIndex(places)
    for (let n = 0; n < 100_000; n += 1) {
      const lead = n % 2 === 0 ? sphere() : special()
      let least = Number.POSITIVE_INFINITY
      for (const place of places) least = Math.min(least, distanceM(lead, place))
      const [nearest] = index.find(lead, 1)
      if (nearest!.distanceM - least > 1e-3) expect(nearest).toEqual({ lead, least })
    }
  }, 60_000)

  it('two locations at one address come in the order of their ids, however the list is ordered', () => {
    const here = { latitude: 33.8, longitude: -84.4 }
    const twins = [
      { ...here, id: 'b' },
      { ...here, id: 'a' },
      { ...here, id: 'c' },
    ]
    for (const places of [twins, [...twins].reverse()]) {
      expect(
        createNearestIndex(places)
          .find(here, 2)
          .map(({ place }) => place.id),
      ).toEqual(['a', 'b'])
    }
  })

  it('of 10,000 locations are the ten that sorting all by distance gives', () => {
    const draw = draws(11)
    const places = named(
      Array.from({ length: 10_000 }, () => ({ latitude: 25 + draw() * 24, longitude: -124 + draw() * 57 })),
    )
    const index = createNearestIndex(places)
    for (let n = 0; n < 50; n += 1) {
      const lead = { latitude: 25 + draw() * 24, longitude: -124 + draw() * 57 }
      const truth = byDistance(places, lead).slice(0, 10)
      expect(index.find(lead, 10).map(({ place }) => place.id)).toEqual(truth.map(({ id }) => id))
    }
  })

  it('within a distance are all up to it, the one exactly on it included', () => {
    const lead = { latitude: 40, longitude: -75 }
    const places = named([0.1, 0.2, 0.3, 0.4].map((step) => ({ latitude: 40 + step, longitude: -75 })))
    const limitM = distanceM(lead, places[2]!)
    const ids = (distanceMaxM: number) =>
      createNearestIndex(places)
        .find(lead, 10, distanceMaxM)
        .map(({ place }) => place.id)
    expect(ids(limitM)).toEqual(['loc-00000', 'loc-00001', 'loc-00002'])
    expect(ids(limitM - 0.001)).toEqual(['loc-00000', 'loc-00001'])
    expect(ids(0)).toEqual([])
  })

  it('of 0 locations are none, of 1 is that one', () => {
    expect(createNearestIndex([]).find({ latitude: 0, longitude: 0 }, 3)).toEqual([])
    const only = { id: 'only', latitude: 10, longitude: 10 }
    expect(createNearestIndex([only]).find({ latitude: -10, longitude: -170 }, 3)).toMatchObject([{ place: only }])
  })
})
