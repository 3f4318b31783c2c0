import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { distanceM } from './distance.ts'
import { createNearestIndex } from './nearest.ts'

const anywhere = fc.record({
  latitude: fc.double({ min: -90, max: 90, noNaN: true }),
  longitude: fc.double({ min: -180, max: 180, noNaN: true }),
})

describe('the nearest locations', () => {
  it('are those with the smallest great-circle distance, anywhere on Earth', () => {
    fc.assert(
      fc.property(fc.array(anywhere, { minLength: 1, maxLength: 60 }), anywhere, (points, lead) => {
        const found = createNearestIndex(points).find(lead, 5)
        const distances = points.map((point) => distanceM(point, lead)).sort((a, b) => a - b)
        expect(found.length).toBe(Math.min(5, points.length))
        found.forEach((position, rank) => {
          // A dot product of neighbours loses digits: metres, not kilometres.
          expect(Math.abs(distanceM(points[position]!, lead) - distances[rank]!)).toBeLessThan(1)
        })
      }),
      { numRuns: 300 },
    )
  })

  it('of no locations are none', () => {
    expect(createNearestIndex([]).find({ latitude: 0, longitude: 0 }, 3)).toEqual([])
  })
})
