import { createRequire } from 'node:module'

export type Place = {
  /** US ZIP, or the first three characters of a Canadian postal code. */
  code: string
  lat: number
  lon: number
  city: string
  state: string
  country: 'US' | 'CA'
}

export type ZipCodes = {
  all: readonly Place[]
  /** Places about 30 miles around the point; where there is none, the wider surroundings; never empty. */
  near: (lat: number, lon: number) => readonly Place[]
}

type Row = { zip: string; latitude: number; longitude: number; city: string; state: string; country: string }

/** Degrees of latitude; a degree of longitude is about three quarters of one here. */
const RADIUS_DEGREES = 0.45

const provinces: Record<string, string> = {
  Alberta: 'AB',
  'British Columbia': 'BC',
  Manitoba: 'MB',
  'New Brunswick': 'NB',
  'Newfoundland and Labrador': 'NL',
  'Nova Scotia': 'NS',
  Ontario: 'ON',
  'Prince Edward Island': 'PE',
  Quebec: 'QC',
  Saskatchewan: 'SK',
}

/** 44,000 places in cells of one degree, so that 10,000 sub-accounts find their neighbourhood without a scan each. */
export function loadZipCodes(): ZipCodes {
  const { codes } = createRequire(import.meta.url)('zipcodes') as { codes: Record<string, Row> }
  const all: Place[] = []
  const cells = new Map<string, Place[]>()
  for (const row of Object.values(codes)) {
    const place = placeOf(row)
    if (!place) continue
    all.push(place)
    const key = cellOf(place.lat, place.lon)
    const cell = cells.get(key)
    if (cell) cell.push(place)
    else cells.set(key, [place])
  }
  const known = new Map<string, readonly Place[]>()
  const near = (lat: number, lon: number): readonly Place[] => {
    const key = `${lat} ${lon}`
    const found = known.get(key) ?? around(cells, lat, lon)
    known.set(key, found)
    return found.length > 0 ? found : all
  }
  return { all, near }
}

function around(cells: Map<string, Place[]>, lat: number, lon: number): Place[] {
  const square = [-1, 0, 1].flatMap((north) =>
    [-1, 0, 1].flatMap((east) => cells.get(cellOf(lat + north, lon + east)) ?? []),
  )
  const close = square.filter((place) => Math.hypot(place.lat - lat, (place.lon - lon) * 0.75) < RADIUS_DEGREES)
  return close.length > 0 ? close : square
}

function placeOf(row: Row): Place | undefined {
  if (!Number.isFinite(row.latitude) || !row.longitude) return undefined
  const base = { code: row.zip, lat: row.latitude, lon: row.longitude }
  if (row.country === 'US') return { ...base, city: row.city, state: row.state, country: 'US' }
  const state = provinces[row.state]
  return state ? { ...base, city: row.city.split('(')[0]!.trim(), state, country: 'CA' } : undefined
}

const cellOf = (lat: number, lon: number): string => `${Math.floor(lat)} ${Math.floor(lon)}`
