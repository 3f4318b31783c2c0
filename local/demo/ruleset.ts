import type { Cap, RulesetDocument, Territory } from '../../contracts/ruleset.ts'
import { type DemoLocation, demoLocations, demoTenant } from './locations.ts'

const idOf = (name: string): string => demoLocations.find((location) => location.name === name)!.id

/** The three best-selling ones own their centre; around them and everywhere else radii overlap. */
const ownedCodes: { name: string; country: 'US' | 'CA'; codes: string[] }[] = [
  { name: 'Atlanta Buckhead', country: 'US', codes: ['30305', '30309', '30319', '30324', '30326', '30327', '30342'] },
  { name: 'Manhattan', country: 'US', codes: Array.from({ length: 40 }, (_, i) => String(10001 + i)) },
  { name: 'Toronto Downtown', country: 'CA', codes: [...'ABCEGHJKLNPRSTVWX'].map((letter) => `M5${letter}`) },
]

/** Rough outlines, [longitude, latitude]. */
const ownedAreas: { name: string; ring: [number, number][] }[] = [
  {
    name: 'Brooklyn',
    ring: [
      [-74.04, 40.57],
      [-73.86, 40.57],
      [-73.86, 40.69],
      [-73.96, 40.735],
      [-74.02, 40.68],
      [-74.04, 40.57],
    ],
  },
  {
    name: 'San Francisco',
    ring: [
      [-122.52, 37.7],
      [-122.36, 37.7],
      [-122.36, 37.82],
      [-122.48, 37.82],
      [-122.52, 37.78],
      [-122.52, 37.7],
    ],
  },
]

const RADIUS_M = 45_000
/** Outside all territories a lead may still travel this far. */
const NEAREST_MAX_M = 200_000

export function demoRuleset(): RulesetDocument {
  return {
    version: 1,
    tenant: demoTenant,
    strategy: { exclusive: 'nearest', shared: 'balanced', nearest: 'nearest' },
    nearestMaxM: NEAREST_MAX_M,
    territories: [
      ...ownedCodes.map(zipTerritory),
      ...ownedAreas.map(areaTerritory),
      ...demoLocations.map(radiusTerritory),
    ],
    caps: demoLocations.flatMap(capsOf),
  }
}

const zipTerritory = ({ name, country, codes }: (typeof ownedCodes)[number]): Territory => ({
  id: `${idOf(name)}-codes`,
  locationId: idOf(name),
  exclusive: true,
  kind: 'zip',
  country,
  codes,
})

const areaTerritory = ({ name, ring }: (typeof ownedAreas)[number]): Territory => ({
  id: `${idOf(name)}-area`,
  locationId: idOf(name),
  exclusive: true,
  kind: 'polygon',
  polygons: [[ring]],
})

const radiusTerritory = ({ id, latitude, longitude }: DemoLocation): Territory => ({
  id: `${id}-radius`,
  locationId: id,
  exclusive: false,
  kind: 'radius',
  latitude,
  longitude,
  radiusM: RADIUS_M,
})

const capsOf = ({ id, day, concurrent }: DemoLocation): Cap[] => [
  ...(day === null ? [] : [{ locationId: id, metric: 'leads' as const, window: 'day' as const, limit: day }]),
  ...(concurrent === null
    ? []
    : [{ locationId: id, metric: 'leads' as const, window: 'concurrent' as const, limit: concurrent }]),
]
