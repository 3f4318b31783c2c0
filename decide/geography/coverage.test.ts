import { describe, expect, it } from 'vitest'
import type { PublishedRuleset, RulesetLocation, Territory } from '../../contracts/ruleset.ts'
import { coverageOf } from './coverage.ts'
import { createGazetteer } from './gazetteer.ts'
import { overlappingExclusives } from './overlapping-exclusives.ts'
import { diffTerritories } from './territory-diff.ts'

const gazetteer = createGazetteer()
const location = (id: string, latitude: number, longitude: number): RulesetLocation => ({
  ...{ id, regionId: 'r', name: id, latitude, longitude, timeZone: 'America/New_York', weight: 1 },
})
const zip = (id: string, locationId: string, exclusive: boolean, codes: string[]): Territory => ({
  ...{ id, locationId, exclusive, kind: 'zip', country: 'US', codes },
})
const square = (id: string, locationId: string, west: number, south: number, size: number): Territory => ({
  ...{ id, locationId, exclusive: true, kind: 'polygon' },
  polygons: [
    [
      [
        [west, south],
        [west + size, south],
        [west + size, south + size],
        [west, south + size],
        [west, south],
      ],
    ],
  ],
})
const radius = (id: string, locationId: string, latitude: number, longitude: number, radiusKm: number): Territory => ({
  ...{ id, locationId, exclusive: true, kind: 'radius', latitude, longitude, radiusKm },
})

const published = (territories: Territory[]): Pick<PublishedRuleset, 'document' | 'locations'> => ({
  document: {
    ...{ version: 1, tenant: 'T', nearestMaxM: 0, territories, caps: [] },
    strategy: { exclusive: 'nearest', shared: 'balanced', nearest: 'nearest' },
  },
  locations: [location('a', 33.8, -84.4), location('b', 33.9, -84.3)],
})

describe('the coverage report', () => {
  const codes = gazetteer.codes()
  const usCount = codes.filter(({ country }) => country === 'US').length

  it('tells covered, shared, contested and uncovered ZIPs apart, of the countries in use only', () => {
    const { countries, zips, uncoveredZips } = coverageOf(
      published([
        zip('1', 'a', true, ['30305', '30306']),
        zip('2', 'b', true, ['30306']),
        zip('3', 'a', false, ['30307', '30308']),
        zip('4', 'b', false, ['30305', '30308']),
      ]),
      gazetteer,
    )
    expect(countries).toEqual(['US'])
    expect(zips.counts).toEqual({ covered: 2, shared: 1, contested: 1, uncovered: usCount - 4 })
    expect(zips.samples.covered).toEqual([
      { id: '30305', locationIds: ['a'] },
      { id: '30307', locationIds: ['a'] },
    ])
    expect(zips.samples.shared).toEqual([{ id: '30308', locationIds: ['a', 'b'] }])
    expect(zips.samples.contested).toEqual([{ id: '30306', locationIds: ['a', 'b'] }])
    expect(uncoveredZips).toHaveLength(usCount - 4)
    expect(uncoveredZips).not.toContain('30305')
  })

  it('counts Canada by FSA where a code of Canada is named, or a location with a territory lies there', () => {
    const ontario: Territory = {
      id: 'o',
      locationId: 'a',
      exclusive: false,
      kind: 'state',
      country: 'CA',
      codes: ['ON'],
    }
    const { countries, zips } = coverageOf(published([ontario]), gazetteer)
    expect(countries).toEqual(['US', 'CA'])
    expect(zips.counts.covered).toBe(codes.filter(({ state }) => state === 'ON').length)
  })

  it('counts cells, contested ones where two exclusive areas lie over each other', () => {
    const apart = coverageOf(published([square('1', 'a', -85, 33, 0.5), square('2', 'b', -84.5, 33, 0.5)]), gazetteer)
    const over = coverageOf(published([square('1', 'a', -85, 33, 0.5), square('2', 'b', -84.75, 33, 0.5)]), gazetteer)
    expect(apart.cells.counts).toMatchObject({ shared: 0, contested: 0 })
    expect(apart.cells.counts.covered).toBeGreaterThan(100)
    expect(over.cells.counts.contested).toBeGreaterThan(over.cells.counts.covered * 0.3)
    expect(over.cells.samples.contested[0]).toMatchObject({ locationIds: ['a', 'b'] })
  })
})

describe('the difference of two versions', () => {
  it('tells which codes and cells change hands, and which territories were touched', () => {
    const before = {
      territories: [
        zip('1', 'a', true, ['30305', '30306']),
        zip('2', 'b', true, ['30307']),
        square('s', 'a', -85, 33, 0.5),
      ],
    }
    const after = {
      territories: [
        zip('1', 'a', true, ['30305']),
        square('s', 'b', -85, 33, 0.5),
        zip('3', 'b', true, ['30306']),
        { id: '4', locationId: 'a', exclusive: true, kind: 'zip4' as const, codes: ['303061234'] },
      ],
    }
    const diff = diffTerritories(before, after, gazetteer)
    expect(diff.territories).toEqual({ added: ['3', '4'], removed: ['2'], changed: ['1', 's'] })
    const [squares, ...codes] = diff.codes
    expect(squares).toMatchObject({ from: ['a'], to: ['b'] })
    expect(squares!.count).toBeGreaterThan(1)
    expect(squares!.samples).toContain('30306')
    expect(codes).toContainEqual({ from: ['b'], to: [], count: 1, samples: ['30307'] })
    expect(diff.cells).toMatchObject([{ from: ['a'], to: ['b'] }])
    expect(diffTerritories(after, after, gazetteer)).toEqual({
      ...{ territories: { added: [], removed: [], changed: [] }, codes: [], cells: [] },
    })
  })
})

describe('exclusive areas that claim the same ground', () => {
  const between = (...territories: Territory[]) => overlappingExclusives({ territories })

  it('are told, with a point of both', () => {
    const [found] = between(square('1', 'a', -85, 33, 0.5), square('2', 'b', -84.6, 33.4, 0.5))
    expect(found).toMatchObject({ territoryId: '1', otherTerritoryId: '2' })
    const [latitude, longitude] = found!.at.split(',').map(Number)
    expect(latitude).toBeGreaterThanOrEqual(33.4)
    expect(latitude).toBeLessThanOrEqual(33.5)
    expect(longitude).toBeGreaterThanOrEqual(-84.6)
    expect(longitude).toBeLessThanOrEqual(-84.5)
  })

  it('are found when one lies within the other, when both are the same, and when they cross without a corner within', () => {
    const big = square('1', 'a', -85, 33, 1)
    expect(between(big, square('2', 'b', -84.6, 33.4, 0.01))).toHaveLength(1)
    expect(between(big, { ...big, id: '2', locationId: 'b' })).toHaveLength(1)
    const bar = (id: string, locationId: string, w: number, s: number, e: number, n: number): Territory => ({
      ...{ id, locationId, exclusive: true, kind: 'polygon' },
      polygons: [
        [
          [
            [w, s],
            [e, s],
            [e, n],
            [w, n],
            [w, s],
          ],
        ],
      ],
    })
    expect(between(bar('1', 'a', -85, 33.4, -84, 33.6), bar('2', 'b', -84.6, 33, -84.4, 34))).toHaveLength(1)
  })

  it('are not neighbours that share a border or a corner, two areas of one location, or of two kinds', () => {
    const one = square('1', 'a', -85, 33, 0.5)
    expect(between(one, square('2', 'b', -84.5, 33, 0.5), square('3', 'b', -84.5, 33.5, 0.5))).toEqual([])
    expect(between(one, square('2', 'a', -84.7, 33, 0.5))).toEqual([])
    expect(between(one, { ...one, id: '2', locationId: 'b', kind: 'county' } as Territory)).toEqual([])
    expect(between(one, { ...square('2', 'b', -84.7, 33, 0.5), exclusive: false })).toEqual([])
  })

  it('are circles nearer than the sum of their radii', () => {
    // 33.8 to 34.8 degrees: 111.2 km.
    expect(between(radius('1', 'a', 33.8, -84, 60), radius('2', 'b', 34.8, -84, 50))).toEqual([])
    const [found] = between(radius('1', 'a', 33.8, -84, 60), radius('2', 'b', 34.8, -84, 52))
    expect(Number(found!.at.split(',')[0])).toBeCloseTo(34.336, 2)
    expect(between(radius('1', 'a', 33.8, -84, 60), radius('2', 'b', 33.8, -84, 1))).toHaveLength(1)
  })
})
