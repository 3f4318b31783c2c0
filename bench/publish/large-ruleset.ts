import zipcodes from 'zipcodes'
import type { PublishedRuleset, RulesetLocation, Territory } from '../../contracts/ruleset.ts'

export type Size = { locations: number; radiusM: number; polygons: number; points: number; zips: number }

/** A ruleset of a given size over the United States; the same every time. */
export function largeRuleset({ locations: count, radiusM, polygons, points, zips }: Size): PublishedRuleset {
  const places = Object.values(zipcodes.codes).filter(
    ({ country, latitude, longitude }) => country === 'US' && latitude > 24 && longitude < -60,
  )
  const locations = Array.from({ length: count }, (_, i): RulesetLocation => {
    const { latitude, longitude, zip } = places[Math.floor((i * places.length) / count)]!
    return {
      id: `loc-${i}`,
      regionId: `region-${i % 10}`,
      name: `Shop ${zip}`,
      latitude,
      longitude,
      timeZone: 'America/New_York',
      weight: 1,
    }
  })
  const territories = [
    ...locations.map((location) => radius(location, radiusM)),
    ...locations.slice(0, polygons).map((location) => blob(location, radiusM / 2, points)),
    ...ownedZips(locations, places.slice(0, zips)),
  ]
  const document = {
    version: 1,
    tenant: 'bench',
    strategy: { exclusive: 'nearest', shared: 'balanced', nearest: 'nearest' },
    nearestMaxM: 150_000,
    territories,
    caps: [],
  } as const
  return { hash: `bench-${count}`, document: { ...document, caps: [] }, locations, users: [] }
}

const radius = ({ id, latitude, longitude }: RulesetLocation, radiusM: number): Territory => ({
  id: `${id}-r`,
  locationId: id,
  exclusive: false,
  kind: 'radius',
  latitude,
  longitude,
  radiusM,
})

/** A ragged shape, as drive-time areas are. */
function blob({ id, latitude, longitude }: RulesetLocation, reachM: number, points: number): Territory {
  const ring = Array.from({ length: points }, (_, i): [number, number] => {
    const angle = (2 * Math.PI * i) / (points - 1)
    const reach = ((reachM / 111_195) * (3 + Math.sin(angle * 7) + Math.sin(angle * 61) * 0.2)) / 4
    const lat = latitude + reach * Math.sin(angle)
    return [longitude + (reach * Math.cos(angle)) / Math.cos((latitude * Math.PI) / 180), lat]
  })
  ring[points - 1] = ring[0]!
  return { id: `${id}-p`, locationId: id, exclusive: false, kind: 'polygon', polygons: [[ring]] }
}

function ownedZips(locations: readonly RulesetLocation[], places: readonly { zip: string }[]): Territory[] {
  return locations.map(({ id }, i) => ({
    id: `${id}-z`,
    locationId: id,
    exclusive: true,
    kind: 'zip',
    country: 'US',
    codes: places.filter((_, at) => at % locations.length === i).map(({ zip }) => zip),
  }))
}
