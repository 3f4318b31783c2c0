import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Place } from '../../contracts/place.ts'
import type { RulesetLocation, Territory } from '../../contracts/ruleset.ts'
import { compileRuleset } from '../compile-ruleset.ts'
import { distanceM } from '../geography/distance.ts'
import { findCandidates } from './find-candidates.ts'

const location = (id: string, latitude: number, longitude: number): RulesetLocation => ({
  ...{ id, regionId: 'r', name: id, latitude, longitude, timeZone: 'America/New_York', weight: 1 },
})
const atlanta = location('atlanta', 33.8, -84.4)
const boston = location('boston', 42.36, -71.06)

const compile = (territories: Territory[], locations = [atlanta, boston], nearestMaxM = 0) =>
  compileRuleset({
    hash: 'h',
    document: {
      ...{ version: 1, tenant: 'T', nearestMaxM, territories, caps: [] },
      strategy: { exclusive: 'nearest', shared: 'balanced', nearest: 'nearest' },
    },
    locations,
    users: [],
  })

const place = (latitude: number | null, longitude: number | null, further: Partial<Place> = {}): Place => ({
  ...{ postalCode: null, plus4: null, state: null, country: null, repaired: false, latitude, longitude },
  ...{ precision: 'coordinates', errorM: 100, cell: null, fault: null },
  ...further,
})
const lead = place(33.8, -84.4, { postalCode: '30305', plus4: '1234', state: 'GA', country: 'US' })

const box: [number, number][][][] = [
  [
    [
      [-84.5, 33.7],
      [-84.3, 33.7],
      [-84.3, 33.9],
      [-84.5, 33.9],
      [-84.5, 33.7],
    ],
  ],
]
const owned = { exclusive: false }
/** One of each kind, all holding the lead, strongest first. */
const kinds: ((id: string, locationId: string) => Territory)[] = [
  (id, locationId) => ({ id, locationId, ...owned, kind: 'zip4', codes: ['303051234'] }),
  (id, locationId) => ({ id, locationId, ...owned, kind: 'zip', country: 'US', codes: ['30305'] }),
  (id, locationId) => ({ id, locationId, ...owned, kind: 'polygon', polygons: box }),
  (id, locationId) => ({ id, locationId, ...owned, kind: 'drive_time', polygons: box }),
  (id, locationId) => ({ id, locationId, ...owned, kind: 'radius', latitude: 33.8, longitude: -84.4, radiusKm: 5 }),
  (id, locationId) => ({ id, locationId, ...owned, kind: 'county', polygons: box }),
  (id, locationId) => ({ id, locationId, ...owned, kind: 'state', country: 'US', codes: ['GA'] }),
  (id, locationId) => ({ id, locationId, ...owned, kind: 'country', codes: ['US'] }),
]

describe('who is considered for a place', () => {
  it('each location comes once, by its finest claim: ZIP+4, ZIP, polygon, drive time, radius, county, state, country', () => {
    const order = ['zip4', 'zip', 'polygon', 'drive_time', 'radius', 'county', 'state', 'country']
    for (let strongest = 0; strongest < kinds.length; strongest += 1) {
      const territories = kinds.slice(strongest).map((make, i) => make(`t${i}`, 'atlanta'))
      for (const list of [territories, [...territories].reverse()]) {
        expect(findCandidates(lead, compile(list))).toMatchObject([
          { location: { id: 'atlanta' }, tier: 'shared', territoryKind: order[strongest], distanceM: 0 },
        ])
      }
    }
  })

  it('an exclusive country is stronger than a shared ZIP+4, and brings its contract', () => {
    const territories: Territory[] = [
      kinds[0]!('fine', 'atlanta'),
      { id: 'wide', locationId: 'atlanta', exclusive: true, kind: 'country', codes: ['US'], whenUnavailable: 'HOLD' },
    ]
    expect(findCandidates(lead, compile(territories))).toMatchObject([
      { tier: 'exclusive', territoryKind: 'country', territoryId: 'wide', whenUnavailable: 'HOLD' },
    ])
  })

  it('a lead without a point still has its code’s, state’s and country’s territories', () => {
    const territories = [1, 6, 7].map((kind) => kinds[kind]!(`t${kind}`, kind === 7 ? 'boston' : 'atlanta'))
    const nowhere = { ...lead, latitude: null, longitude: null, fault: 'BAD_POSTAL' as const }
    const found = findCandidates(nowhere, compile(territories))
    expect(found.map(({ location, territoryId, distanceM }) => [location.id, territoryId, distanceM])).toEqual([
      ['atlanta', 't1', null],
      ['boston', 't7', null],
    ])
  })

  it('military post is in no country’s territory, and in a list that names its code', () => {
    const military = place(null, null, { postalCode: '09012', country: 'US', fault: 'NON_GEOGRAPHIC' })
    const list: Territory = {
      id: 'm',
      locationId: 'boston',
      exclusive: true,
      kind: 'zip',
      country: 'US',
      codes: ['09012'],
    }
    const found = findCandidates(military, compile([kinds[7]!('us', 'atlanta'), list]))
    expect(found.map(({ location }) => location.id)).toEqual(['boston'])
  })

  it.each([
    ['metres', { radiusM: 16_093.44 }],
    ['kilometres', { radiusKm: 16.09344 }],
    ['miles', { radiusMi: 10 }],
  ])('a radius in %s reaches the point on the radius and nothing beyond', (_unit, radius) => {
    const centre = { latitude: 33.8, longitude: -84.4 }
    const ruleset = compile([
      { id: 'r', locationId: 'atlanta', exclusive: false, kind: 'radius', ...centre, ...radius },
    ])
    const holds = (latitude: number): boolean => findCandidates(place(latitude, -84.4), ruleset).length === 1
    // By halves down to two neighbouring numbers: the last within and the first beyond.
    let [within, beyond] = [33.8, 34.2]
    for (let middle = 34; middle !== within && middle !== beyond; middle = (within + beyond) / 2) {
      if (distanceM(centre, { latitude: middle, longitude: -84.4 }) <= 16_093.44) within = middle
      else beyond = middle
    }
    expect(distanceM(centre, { latitude: within, longitude: -84.4 })).toBeCloseTo(16_093.44, 6)
    expect(holds(within)).toBe(true)
    expect(holds(beyond)).toBe(false)
  })

  it('a point exactly on the radius belongs to it', () => {
    const edge = { latitude: 33.9, longitude: -84.2 }
    const radiusM = distanceM(atlanta, edge)
    const { latitude, longitude } = atlanta
    const ruleset = compile([
      { id: 'r', locationId: 'atlanta', exclusive: false, kind: 'radius', latitude, longitude, radiusM },
    ])
    expect(findCandidates(place(edge.latitude, edge.longitude), ruleset)).toHaveLength(1)
  })

  it('a polygon smaller than a cell, over the antimeridian, or at a pole is found', () => {
    const polygon = (id: string, ring: [number, number][]): Territory => ({
      ...{ id, locationId: 'atlanta', exclusive: false, kind: 'polygon', polygons: [[ring]] },
    })
    const shed: [number, number][] = [
      [-84.4, 33.8],
      [-84.39999, 33.8],
      [-84.39999, 33.80001],
      [-84.4, 33.80001],
      [-84.4, 33.8],
    ]
    const strait: [number, number][] = [
      [179, 51],
      [-179, 51],
      [-179, 53],
      [179, 53],
      [179, 51],
    ]
    const cap: [number, number][] = [
      [0, 80],
      [120, 80],
      [-120, 80],
      [0, 80],
    ]
    const ruleset = compile([polygon('shed', shed), polygon('strait', strait), polygon('cap', cap)])
    const at = (latitude: number, longitude: number) =>
      findCandidates(place(latitude, longitude), ruleset).map(({ territoryId }) => territoryId)
    expect(at(33.800005, -84.399995)).toEqual(['shed'])
    expect(at(33.80002, -84.399995)).toEqual([])
    for (const longitude of [179.5, 180, -180, -179.5]) expect(at(52, longitude)).toEqual(['strait'])
    for (const longitude of [0, 90, -180]) expect(at(90, longitude)).toEqual(['cap'])
  })

  it('two locations at one address are both considered', () => {
    const twins = [atlanta, { ...atlanta, id: 'twin' }]
    expect(findCandidates(place(33.8, -84.4), compile([], twins, 1_000)).map(({ location }) => location.id)).toEqual([
      'atlanta',
      'twin',
    ])
  })
})

describe('the nearest beyond all territories', () => {
  it('are looked for within a distance, the one on it included', () => {
    const ruleset = compile([])
    const here = { latitude: 33.8, longitude: -84.4 }
    const metres = distanceM(atlanta, boston)
    const ids = (limitM: number) => ruleset.nearest.find(here, 5, limitM).map(({ place }) => place.id)
    expect(ids(metres)).toEqual(['atlanta', 'boston'])
    expect(ids(metres - 1)).toEqual(['atlanta'])
  })

  it.each([0, 1, 10_000])('of %d locations, at most ten besides those whose territory it is', (count) => {
    const locations = Array.from({ length: count }, (_, i) => location(`l${i}`, 25 + (i % 100) / 5, -120 + i / 250))
    const territories = locations.slice(0, 1).map(({ id }) => kinds[7]!('us', id))
    const found = findCandidates(lead, compile(territories, locations, 500_000))
    expect(found).toHaveLength(count === 10_000 ? 11 : count)
    expect(new Set(found.map((match) => match.location.id)).size).toBe(found.length)
  })

  it('are the same in whatever order the ruleset lists them', () => {
    const points = fc.array(fc.tuple(fc.integer({ min: 30, max: 34 }), fc.integer({ min: -86, max: -82 })), {
      maxLength: 30,
    })
    fc.assert(
      fc.property(points, (list) => {
        const locations = list.map(([latitude, longitude], i) => location(`l${i}`, latitude, longitude))
        const ids = (order: RulesetLocation[]) =>
          findCandidates(place(32, -84), compile([], order, 1)).map((match) => match.location.id)
        expect(ids([...locations].reverse())).toEqual(ids(locations))
      }),
      { numRuns: 50 },
    )
  })
})
