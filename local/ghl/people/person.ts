import type { SubAccount } from '../organisation.ts'
import { type Draw, drawFor, pick } from './draw.ts'
import { areaCodes, firstNames, kindsOfWork, lastNames, mailDomains, sources, streets } from './names.ts'
import type { Place, ZipCodes } from './zip-codes.ts'

export type Person = {
  firstName: string
  lastName: string
  email: string
  phone: string
  address1: string
  city?: string
  state?: string
  postalCode?: string
  country: string
  source: string
  kindOfWork: string
  tags: string[]
}

/** What people really type into a ZIP field: a lost zero, ZIP+4, an O for a zero, words. */
const malformedCodes = ['2134', '30305-1234', 'M5V 3LO', 'N/A', '3O305', '00000', 'don’t know', ' 90210 ', '902']

const UNCOVERED_SHARE = 0.12
const MALFORMED_SHARE = 0.04
const CODELESS_SHARE = 0.03

/** The person who fills the form in this slot. Same seed, slot and sub-accounts: same person. */
export function personOf(seed: string, slot: number, homes: readonly SubAccount[], zips: ZipCodes): Person {
  const draw = drawFor(seed, 'person', slot)
  const firstName = pick(draw, firstNames)
  const lastName = pick(draw, lastNames)
  const place = placeOf(draw, homes, zips)
  const kindOfWork = pick(draw, kindsOfWork)
  const mailbox = `${firstName}.${lastName}`.toLowerCase().replaceAll("'", '')
  return {
    firstName,
    lastName,
    email: `${mailbox}.${slot.toString(36)}@${pick(draw, mailDomains)}`,
    phone: phoneOf(slot),
    address1: `${1 + Math.floor(draw() * 9_800)} ${pick(draw, streets)} St`,
    country: place.country,
    ...address(draw, place),
    source: pick(draw, sources),
    kindOfWork,
    tags: ['funnel', kindOfWork.toLowerCase()],
  }
}

function placeOf(draw: Draw, homes: readonly SubAccount[], zips: ZipCodes): Place {
  const anywhere = draw() < UNCOVERED_SHARE
  const home = homes.length > 0 ? pick(draw, homes) : undefined
  if (anywhere || home?.lat === undefined || home.lon === undefined) return pick(draw, zips.all)
  return pick(draw, zips.near(home.lat, home.lon))
}

function address(draw: Draw, place: Place): Pick<Person, 'city' | 'state' | 'postalCode'> {
  const fault = draw()
  const postalCode = place.country === 'CA' ? `${place.code} ${localUnit(draw)}` : place.code
  if (fault < CODELESS_SHARE) return {}
  if (fault < CODELESS_SHARE + MALFORMED_SHARE) {
    return { city: place.city, state: place.state, postalCode: pick(draw, malformedCodes) }
  }
  return { city: place.city, state: place.state, postalCode }
}

const localUnit = (draw: Draw): string =>
  `${Math.floor(draw() * 10)}${pick(draw, [...'ABCEGHJKLMNPRSTVWXYZ'])}${Math.floor(draw() * 10)}`

/** One number for each of 3.5e8 slots: multiplication by a prime is a permutation of the number space. */
function phoneOf(slot: number): string {
  const subscribers = 800 * 10_000
  const place = (slot * 48_271 + 12_345) % (areaCodes.length * subscribers)
  const local = 2_000_000 + (place % subscribers)
  return `+1${areaCodes[Math.floor(place / subscribers)]}${local}`
}
