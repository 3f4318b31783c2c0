import { latLngToCell } from 'h3-js'
import type { Place, Precision } from '../../contracts/decision.ts'
import type { Person } from '../../contracts/event.ts'
import { normalisePostal, type Postal } from './normalise-postal.ts'

/** A point with the metres within which the truth is expected. */
export type Located = { latitude: number; longitude: number; errorM: number }

/** What is known of places; the real one reads the `zipcodes` tables. */
export type Gazetteer = {
  zip: (code: string) => Located | null
  zip3: (prefix: string) => Located | null
  fsa: (code: string) => Located | null
  city: (city: string, state: string) => Located | null
  stateOfZip: (code: string) => string | null
}

/** A form's coordinates are those of the browser or of an address look-up. */
const COORDINATES_ERROR_M = 100
const CELL_RESOLUTION = 7

/** The ladder: coordinates > ZIP or FSA > 3-digit ZIP > city and state > none. */
export function locateLead(person: Person, gazetteer: Gazetteer): Place {
  const postal = normalisePostal(person.postalCode, { ...person, stateOfZip: gazetteer.stateOfZip })
  const [precision, located] = climb(person, postal, gazetteer)
  const known = postal.kind === 'us' || postal.kind === 'ca' || postal.kind === 'non-geographic'
  return {
    postalCode: known ? postal.code : null,
    plus4: null,
    state: null,
    country: postal.kind === 'us' ? 'US' : postal.kind === 'ca' ? 'CA' : (person.country?.slice(0, 64) ?? null),
    repaired: (postal.kind === 'us' || postal.kind === 'ca') && postal.repaired,
    latitude: located?.latitude ?? null,
    longitude: located?.longitude ?? null,
    precision,
    errorM: located?.errorM ?? null,
    cell: located ? latLngToCell(located.latitude, located.longitude, CELL_RESOLUTION) : null,
    fault: located ? null : postal.kind === 'non-geographic' ? 'NON_GEOGRAPHIC' : 'BAD_POSTAL',
  }
}

function climb(person: Person, postal: Postal, gazetteer: Gazetteer): [Precision, Located | null] {
  const point = coordinates(person)
  if (point) return ['coordinates', point]
  if (postal.kind === 'non-geographic') return ['none', null]
  if (postal.kind === 'us' || postal.kind === 'ca') {
    const exact = postal.kind === 'us' ? gazetteer.zip(postal.code) : gazetteer.fsa(postal.code)
    if (exact) return [postal.kind === 'us' ? 'zip' : 'fsa', exact]
    const near = postal.kind === 'us' ? gazetteer.zip3(postal.code.slice(0, 3)) : null
    if (near) return ['zip3', near]
  }
  const city = person.city && person.state ? gazetteer.city(person.city, person.state) : null
  return city ? ['city', city] : ['none', null]
}

/** (0, 0) is what an empty form sends, not a place where a lead lives. */
function coordinates({ latitude, longitude }: Person): Located | null {
  if (latitude === null || longitude === null || (latitude === 0 && longitude === 0)) return null
  const isValid = Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180
  return isValid ? { latitude, longitude, errorM: COORDINATES_ERROR_M } : null
}
