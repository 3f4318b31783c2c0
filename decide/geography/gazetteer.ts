import { createRequire } from 'node:module'
import zipcodes from 'zipcodes'
import { foldName } from './country.ts'
import { distanceM, type Point, toPoint, unitVector } from './distance.ts'
import type { Gazetteer, Located } from './locate-lead.ts'
import { countryOfState, provinceOfFsa } from './state.ts'
import { createWorldCities } from './world-cities.ts'

type Entry = zipcodes.Entry
type AreaCodes = Record<string, { location: { latitude: number | null; longitude: number | null } }>

/** No ZIP is told nearer than this: the points are those of post offices. */
const CODE_ERROR_MIN_M = 2_000
/** What the area codes' own source says of its points: good to 200 miles. */
const AREA_CODE_ERROR_M = 320_000

/** US ZIPs and Canadian FSAs with their points, grouped once at start (44,000 codes, about 100 ms); cities later. */
export function createGazetteer(): Gazetteer {
  const entries = Object.values(zipcodes.codes)
    .filter(isOnTheMap)
    .map((entry) => ({ ...entry, country: countryOf(entry), state: provinceOfFsa(entry.zip) ?? entry.state }))
  const codes = new Map(entries.map((entry) => [entry.zip, entry]))
  const prefixes = groupBy(entries, prefixOf)
  const require = createRequire(import.meta.url)
  const areaCodes: AreaCodes = require('areacodes/lib/data.json')
  const errors = new Map([...prefixes].map(([prefix, group]) => [prefix, spacingM(group)]))
  const point = (entry: Entry | undefined): Located | null =>
    entry ? { latitude: entry.latitude, longitude: entry.longitude, errorM: errors.get(prefixOf(entry))! } : null
  const worldCity = createWorldCities()
  // Grouped at the first question: folding 44,000 names is half of the work, and most leads have a code.
  let cities: Map<string, Entry[]> | undefined
  const citiesNamed = (city: string, state: string) => {
    cities ??= groupBy(entries, (entry) => cityKey(entry.city.replace(/\s*\(.*$/, ''), entry.state))
    return cities.get(cityKey(city, state))
  }
  return {
    zip: (code) => point(codes.get(code)),
    fsa: (code) => point(codes.get(code)),
    zip3: (prefix) => centre(prefixes.get(prefix)),
    city: (city, state) => centre(citiesNamed(city, state)) ?? worldCity(city, countryOfState(state), state),
    cityAbroad: (city, country) => worldCity(city, country, null),
    areaCode: (code) => {
      const { latitude, longitude } = areaCodes[code]?.location ?? { latitude: null, longitude: null }
      return latitude === null || longitude === null ? null : { latitude, longitude, errorM: AREA_CODE_ERROR_M }
    },
    stateOf: (code) => codes.get(code)?.state ?? null,
    codes: () =>
      entries.map(({ zip, country, state, latitude, longitude }) => ({
        ...{ code: zip, country, state, latitude, longitude },
      })),
  }
}

const MILITARY = new Set(['AE', 'AA', 'AP'])

/** The tables hold military post offices at (0, 0) and Santa Claus at the pole. */
const isOnTheMap = (entry: Entry): boolean =>
  !MILITARY.has(entry.state) && Math.abs(entry.latitude) < 85 && entry.latitude !== 0

const countryOf = ({ zip }: Entry): 'US' | 'CA' => (/^\d/.test(zip) ? 'US' : 'CA')

/** 3-digit ZIP; of Canada the first two characters of the FSA, which tell town from country. */
const prefixOf = ({ zip }: Entry): string => zip.slice(0, /^\d/.test(zip) ? 3 : 2)

const ABBREVIATIONS: Readonly<Record<string, string>> = { st: 'saint', ste: 'sainte', ft: 'fort', mt: 'mount' }

function cityKey(city: string, state: string): string {
  const words = foldName(city).split(' ')
  return `${words.map((word) => ABBREVIATIONS[word] ?? word).join(' ')}|${state}`
}

function groupBy<T>(entries: readonly T[], key: (entry: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const entry of entries) {
    const name = key(entry)
    const group = groups.get(name)
    if (group) group.push(entry)
    else groups.set(name, [entry])
  }
  return groups
}

function middleAndReach(entries: readonly Entry[]): Point & { reachM: number } {
  const sum = [0, 0, 0]
  for (const entry of entries) {
    unitVector(entry).forEach((value, axis) => {
      sum[axis]! += value
    })
  }
  const middle = toPoint(sum[0]!, sum[1]!, sum[2]!)
  return { ...middle, reachM: Math.max(...entries.map((entry) => distanceM(entry, middle))) }
}

/** The radius of one code's share of its group's area: 2 km in Atlanta, 150 km in Alaska. */
function spacingM(entries: readonly Entry[]): number {
  return Math.round(Math.max(CODE_ERROR_MIN_M, middleAndReach(entries).reachM / Math.sqrt(entries.length)))
}

/** Centre of the group's points; the error reaches beyond its farthest one. */
function centre(entries: Entry[] | undefined): Located | null {
  if (!entries?.length) return null
  const { latitude, longitude, reachM } = middleAndReach(entries)
  return { latitude, longitude, errorM: Math.round(reachM + CODE_ERROR_MIN_M) }
}
