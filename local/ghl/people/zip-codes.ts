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
  /** Places in the square of three by three degrees around the point, never empty for a point on land in the US or Canada. */
  near: (lat: number, lon: number) => readonly Place[]
}

type Row = { zip: string; latitude: number; longitude: number; city: string; state: string; country: string }

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
  const near = (lat: number, lon: number): Place[] =>
    [-1, 0, 1].flatMap((north) => [-1, 0, 1].flatMap((east) => cells.get(cellOf(lat + north, lon + east)) ?? []))
  return { all, near }
}

function placeOf(row: Row): Place | undefined {
  if (!Number.isFinite(row.latitude) || !row.longitude) return undefined
  const base = { code: row.zip, lat: row.latitude, lon: row.longitude }
  if (row.country === 'US') return { ...base, city: row.city, state: row.state, country: 'US' }
  const state = provinces[row.state]
  return state ? { ...base, city: row.city.split('(')[0]!.trim(), state, country: 'CA' } : undefined
}

const cellOf = (lat: number, lon: number): string => `${Math.floor(lat)} ${Math.floor(lon)}`
