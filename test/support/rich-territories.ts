import type { Territory } from '../../contracts/ruleset.ts'

const ring = (latitude: number, longitude: number, reach: number): [number, number][] => [
  [longitude - reach, latitude - reach],
  [longitude + reach, latitude - reach],
  [longitude + reach, latitude + reach],
  [longitude - reach, latitude + reach],
  [longitude - reach, latitude - reach],
]
const codes = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, i) => String(from + i).padStart(5, '0'))

/** Every kind of territory and of contract. */
export const richTerritories: Territory[] = [
  { id: 't-plus4', locationId: 'atl1', exclusive: true, kind: 'zip4', codes: ['303051234', '303091000'] },
  {
    ...{ id: 't-nyc1', locationId: 'nyc1', exclusive: true, kind: 'zip', country: 'US', codes: codes(10001, 10011) },
    whenUnavailable: 'RELEASE_NOW',
  },
  {
    ...{ id: 't-nyc2', locationId: 'nyc2', exclusive: true, kind: 'zip', country: 'US', codes: codes(10012, 10028) },
    whenUnavailable: 'HOLD',
  },
  {
    ...{ id: 't-bos1', locationId: 'bos1', exclusive: true, kind: 'zip', country: 'US', codes: codes(2108, 2136) },
    whenUnavailable: 'HQ',
  },
  {
    ...{ id: 't-sea1', locationId: 'sea1', exclusive: true, kind: 'zip', country: 'US', codes: codes(98101, 98125) },
    whenUnavailable: { releaseAfterMinutes: 150 },
  },
  { id: 't-tor1', locationId: 'tor1', exclusive: true, kind: 'zip', country: 'CA', codes: ['M5V', 'M5J', 'M4Y'] },
  {
    ...{ id: 't-chi1', locationId: 'chi1', exclusive: false, kind: 'polygon' },
    polygons: [[ring(41.88, -87.65, 0.4), ring(41.88, -87.65, 0.02)]],
  },
  { id: 't-chi2', locationId: 'chi2', exclusive: false, kind: 'drive_time', polygons: [[ring(41.95, -87.75, 0.35)]] },
  {
    id: 't-atl2',
    locationId: 'atl2',
    exclusive: false,
    kind: 'radius',
    latitude: 33.77,
    longitude: -84.3,
    radiusMi: 30,
  },
  {
    id: 't-atl3',
    locationId: 'atl3',
    exclusive: false,
    kind: 'radius',
    latitude: 33.9,
    longitude: -84.5,
    radiusKm: 30,
  },
  {
    id: 't-lax1',
    locationId: 'lax1',
    exclusive: false,
    kind: 'radius',
    latitude: 34.05,
    longitude: -118.2,
    radiusM: 60_000,
  },
  {
    id: 't-lax2',
    locationId: 'lax2',
    exclusive: false,
    kind: 'radius',
    latitude: 34.15,
    longitude: -118.3,
    radiusM: 50_000,
  },
  { id: 't-phx1', locationId: 'phx1', exclusive: false, kind: 'county', polygons: [[ring(33.45, -112.07, 0.5)]] },
  {
    id: 't-hi',
    locationId: 'hnl1',
    exclusive: true,
    kind: 'state',
    country: 'US',
    codes: ['HI'],
    whenUnavailable: 'HOLD',
  },
  { id: 't-nl', locationId: 'stj1', exclusive: true, kind: 'state', country: 'CA', codes: ['NL'] },
  { id: 't-de', locationId: 'ber1', exclusive: false, kind: 'country', codes: ['DE'] },
]
