import { latLngToCell } from 'h3-js'
import type { Person } from '../../contracts/event.ts'
import type { Place, Precision } from '../../contracts/place.ts'
import { readCountry } from './country.ts'
import { distanceM, type Point } from './distance.ts'
import { normalisePostal, type Postal } from './normalise-postal.ts'
import { countryOfState, readState } from './state.ts'

/** A point with the metres within which the truth is expected. */
export type Located = { latitude: number; longitude: number; errorM: number }

export type CodeOnMap = { code: string; country: 'US' | 'CA'; state: string; latitude: number; longitude: number }

/** What is known of places. */
export type Gazetteer = {
  zip: (code: string) => Located | null
  zip3: (prefix: string) => Located | null
  fsa: (code: string) => Located | null
  /** A city of the US or Canada by its name and the state's two letters. */
  city: (city: string, state: string) => Located | null
  /** A city elsewhere by its name and the country's two letters. */
  cityAbroad: (city: string, country: string) => Located | null
  /** Of a US phone number, three digits. */
  areaCode: (code: string) => Located | null
  /** State of a ZIP, province of an FSA. */
  stateOf: (code: string) => string | null
  /** Every US ZIP and Canadian FSA that is a place. */
  codes: () => readonly CodeOnMap[]
}

export type LocateOptions = {
  /** Take the phone's area code when nothing else is left. People keep their numbers when they move: off where not said. */
  areaCode?: boolean
}

/** A phone's position is good to some ten metres, a geocoded house to a hundred. */
const COORDINATES_ERROR_M = 100
const CELL_RESOLUTION = 7
const CITY_LENGTH_MAX = 100

/**
 * The ladder: coordinates > ZIP or FSA > 3-digit ZIP > city and state > phone area code (if wished) > none. A ZIP+4 is kept for
 * territories of that kind; its point is that of its ZIP, and so is the precision. Never throws, whatever the form holds.
 */
export function locateLead(person: Person, gazetteer: Gazetteer, options: LocateOptions = {}): Place {
  const stated = readCountry(person.country)
  const formState = readState(person.state)
  const country = stated ?? (person.country?.trim() ? null : formState && countryOfState(formState))
  const postal = normalisePostal(person.postalCode, {
    country: stated,
    state: formState,
    stateOfZip: gazetteer.stateOf,
  })
  const [precision, located] = climb(person, postal, country, formState, gazetteer, options)
  const code = 'code' in postal ? postal.code : null
  const isAbroad = country !== null && country !== 'US' && country !== 'CA'
  return {
    postalCode: code,
    plus4: postal.kind === 'us' ? postal.plus4 : null,
    state: (code && gazetteer.stateOf(code)) ?? (isAbroad ? null : formState),
    country: postal.kind === 'us' || postal.kind === 'non-geographic' ? 'US' : postal.kind === 'ca' ? 'CA' : country,
    repaired: (postal.kind === 'us' || postal.kind === 'ca') && postal.repaired,
    latitude: located?.latitude ?? null,
    longitude: located?.longitude ?? null,
    precision,
    errorM: located?.errorM ?? null,
    cell: located ? latLngToCell(located.latitude, located.longitude, CELL_RESOLUTION) : null,
    fault: located ? null : postal.kind === 'non-geographic' ? 'NON_GEOGRAPHIC' : 'BAD_POSTAL',
  }
}

type Step = [Precision, Located | null]

function climb(
  person: Person,
  postal: Postal,
  country: string | null,
  state: string | null,
  gazetteer: Gazetteer,
  { areaCode = false }: LocateOptions,
): Step {
  const lower = (): Step => {
    if (postal.kind === 'non-geographic') return ['none', null]
    const byCode = stepOfCode(postal, gazetteer)
    if (byCode) return byCode
    const city = cityOf(person, country, state, gazetteer)
    if (city) return ['city', city]
    const phone = areaCode ? areaCodeOf(person.phone) : null
    const area = phone && gazetteer.areaCode(phone)
    return area ? ['area_code', area] : ['none', null]
  }
  const point = coordinates(person, lower)
  return point ? ['coordinates', point] : lower()
}

function stepOfCode(postal: Postal, gazetteer: Gazetteer): Step | null {
  if (postal.kind === 'ca') {
    const area = gazetteer.fsa(postal.code)
    return area && ['fsa', area]
  }
  if (postal.kind !== 'us') return null
  const exact = gazetteer.zip(postal.code)
  if (exact) return ['zip', exact]
  const near = gazetteer.zip3(postal.code.slice(0, 3))
  return near && ['zip3', near]
}

function cityOf({ city }: Person, country: string | null, state: string | null, gazetteer: Gazetteer): Located | null {
  if (city === null || city.length > CITY_LENGTH_MAX || country === null) return null
  if (country !== 'US' && country !== 'CA') return gazetteer.cityAbroad(city, country)
  return state !== null && countryOfState(state) === country ? gazetteer.city(city, state) : null
}

/** +1 404 555 1234, (404) 555-1234, 404.555.1234. */
function areaCodeOf(phone: string | null): string | null {
  if (phone === null || phone.length > 40) return null
  return /^(?:\+?1)?([2-9]\d{2})[2-9]\d{6}$/.exec(phone.replace(/[\s().-]/g, ''))?.[1] ?? null
}

/** Coordinates and the rest of the form that are farther apart than this do not speak of one place. */
const APART_M = 200_000

/**
 * Coordinates as sent. (0, 0) is what an empty form sends, not a place where a lead lives. Swapped ones are turned round
 * only where the form's own code or city says so: the pair as sent is no place or far from it, and the other way round is near.
 */
function coordinates({ latitude, longitude }: Person, lower: () => Step): Located | null {
  if (latitude === null || longitude === null || (latitude === 0 && longitude === 0)) return null
  const sent = asPoint(latitude, longitude)
  const turned = asPoint(longitude, latitude)
  const located = (point: Point | null): Located | null => point && { ...point, errorM: COORDINATES_ERROR_M }
  if (turned === null) return located(sent)
  const told = lower()[1]
  if (told === null) return located(sent)
  const isNear = (point: Point | null): boolean => point !== null && distanceM(point, told) <= APART_M + told.errorM
  return located(!isNear(sent) && isNear(turned) ? turned : sent)
}

const asPoint = (latitude: number, longitude: number): Point | null =>
  Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180 ? { latitude, longitude } : null
