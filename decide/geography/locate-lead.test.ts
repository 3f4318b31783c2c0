import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Person } from '../../contracts/event.ts'
import { precisions } from '../../contracts/place.ts'
import { nobody } from '../../test/support/nobody.ts'
import { distanceM } from './distance.ts'
import { createGazetteer } from './gazetteer.ts'
import { locateLead } from './locate-lead.ts'

const gazetteer = createGazetteer()
const locate = (person: Partial<Person>) => locateLead({ ...nobody, country: 'US', ...person }, gazetteer)

describe('the ladder from a form to a point', () => {
  it('takes coordinates before the postal code, and keeps the code for territories', () => {
    expect(locate({ latitude: 33.84, longitude: -84.38, postalCode: '30305-1234' })).toMatchObject({
      ...{ precision: 'coordinates', latitude: 33.84, longitude: -84.38, errorM: 100 },
      ...{ postalCode: '30305', plus4: '1234', state: 'GA', country: 'US' },
    })
  })

  it.each([
    ['(0, 0)', 0, 0],
    ['NaN', Number.NaN, 10],
    ['Infinity', 10, Number.POSITIVE_INFINITY],
    ['lat 91', 91, 0.5],
    ['lng 181', 10, 181],
  ])('%s is not a place: the ZIP is taken', (_name, latitude, longitude) => {
    expect(locate({ latitude, longitude, postalCode: '30305' })).toMatchObject({ precision: 'zip', fault: null })
    expect(locate({ latitude, longitude })).toMatchObject({ precision: 'none', cell: null, fault: 'BAD_POSTAL' })
  })

  it.each([
    ['north', 90],
    ['south', -90],
  ])('the %s pole is a place', (_name, latitude) => {
    expect(locate({ latitude, longitude: 12 })).toMatchObject({ precision: 'coordinates', latitude })
  })

  it('swapped coordinates are turned round where the ZIP says so, else taken as they are sent', () => {
    const turned = { precision: 'coordinates', latitude: 33.84, longitude: -84.38 }
    expect(locate({ latitude: -84.38, longitude: 33.84, postalCode: '30305' })).toMatchObject(turned)
    expect(locate({ latitude: -122.4, longitude: 37.8, postalCode: '94103' })).toMatchObject({ latitude: 37.8 })
    expect(locate({ latitude: -84.38, longitude: 33.84 })).toMatchObject({ latitude: -84.38 })
    expect(locate({ latitude: -122.4, longitude: 37.8 })).toMatchObject({ precision: 'none' })
  })

  it('coordinates far from the ZIP stand, as both ways round are far', () => {
    expect(locate({ latitude: 47.6, longitude: -122.3, postalCode: '30305' })).toMatchObject({ latitude: 47.6 })
  })

  it('steps down: ZIP, 3-digit ZIP, city and state, none', () => {
    expect(locate({ postalCode: '30305' })).toMatchObject({ precision: 'zip', postalCode: '30305', state: 'GA' })
    expect(locate({ postalCode: '10000' })).toMatchObject({ precision: 'zip3', state: null })
    expect(locate({ postalCode: 'N/A', city: 'Atlanta', state: 'Georgia' })).toMatchObject({
      precision: 'city',
      state: 'GA',
    })
    expect(locate({ postalCode: 'N/A' })).toMatchObject({ precision: 'none', cell: null, fault: 'BAD_POSTAL' })
  })

  it.each([
    ['St. Louis', 'MO'],
    ['Saint Louis', 'Missouri'],
    ['Ft Worth', 'tx'],
    ['Montréal', 'Québec'],
    ['San Juan', 'Puerto Rico'],
  ])('finds the city %s, %s as people write it', (city, state) => {
    const country = state === 'Québec' ? 'CA' : 'US'
    expect(locate({ city, state, country })).toMatchObject({ precision: 'city', fault: null })
    expect(locate({ city, state, country: null })).toMatchObject({ precision: 'city', country })
  })

  it('gives the rougher steps the larger error, and a ZIP in Alaska a larger one than in Atlanta', () => {
    const zipM = locate({ postalCode: '30305' }).errorM!
    expect(locate({ postalCode: '10000' }).errorM!).toBeGreaterThan(zipM)
    expect(locate({ postalCode: '99950' }).errorM!).toBeGreaterThan(10 * zipM)
  })

  it.each([
    ['00501', 'NY', 40.8, -73],
    ['12345', 'NY', 42.8, -73.9],
    ['99950', 'AK', 55.3, -131.6],
    ['96799', 'AS', -14.3, -170.7],
    ['96910', 'GU', 13.5, 144.7],
    ['00601', 'PR', 18.2, -66.7],
    ['00802', 'VI', 18.35, -64.9],
    ['75001', 'TX', 32.95, -96.8],
  ])('%s lies in %s', (postalCode, state, latitude, longitude) => {
    const place = locate({ postalCode })
    expect(place).toMatchObject({ precision: 'zip', state, country: 'US' })
    const point = { latitude: place.latitude!, longitude: place.longitude! }
    expect(distanceM(point, { latitude, longitude })).toBeLessThan(30_000)
  })

  it('the rough step is right in the Pacific too, where codes lie on both sides of the antimeridian', () => {
    const place = locate({ postalCode: '96999' })
    expect(place.precision).toBe('zip3')
    const middle = { latitude: place.latitude!, longitude: place.longitude! }
    expect(distanceM(middle, { latitude: 13.5, longitude: 144.7 })).toBeLessThan(place.errorM!)
  })

  it.each(['00000', '99999'])('%s is an unknown ZIP: no place, or only a rough one', (postalCode) => {
    expect(['zip3', 'none']).toContain(locate({ postalCode }).precision)
    expect(locate({ postalCode, city: 'Atlanta', state: 'GA' }).fault).toBe(null)
  })

  it.each(['M5V3L9', 'm5v 3l9', 'M5V 3LO', 'M5V'])('%s is downtown Toronto', (postalCode) => {
    const expected = { precision: 'fsa', postalCode: 'M5V', state: 'ON', country: 'CA' }
    expect(locate({ postalCode, country: 'Canada' })).toMatchObject(expected)
    expect(locate({ postalCode, country: null })).toMatchObject(expected)
  })

  it('H0H 0H0, Santa Claus, is not at the pole', () => {
    expect(locate({ postalCode: 'H0H 0H0', country: 'CA' })).toMatchObject({ latitude: null, fault: 'BAD_POSTAL' })
  })

  it.each(['09012 AE', '34001 AA', '96201 AP', '09012'])('%s is military: nowhere, never (0, 0)', (postalCode) => {
    expect(locate({ postalCode })).toMatchObject({ latitude: null, precision: 'none', fault: 'NON_GEOGRAPHIC' })
  })

  it('75001 in FR is Paris by its city, in US a ZIP of Texas', () => {
    const paris = locate({ postalCode: '75001', city: 'Paris', country: 'France' })
    expect(paris).toMatchObject({ precision: 'city', country: 'FR', postalCode: null, state: null })
    expect(
      distanceM({ latitude: paris.latitude!, longitude: paris.longitude! }, { latitude: 48.86, longitude: 2.35 }),
    ).toBeLessThan(paris.errorM!)
    expect(locate({ postalCode: '75001', country: 'US' })).toMatchObject({ precision: 'zip', state: 'TX' })
  })

  it('W1A 1AA is London by its city, and nothing without it', () => {
    const london = locate({ postalCode: 'W1A 1AA', city: 'London', country: 'United Kingdom' })
    expect(london).toMatchObject({ precision: 'city', country: 'GB' })
    expect(london.errorM!).toBeGreaterThan(10_000)
    expect(locate({ postalCode: 'W1A 1AA', country: 'GB' })).toMatchObject({ precision: 'none', country: 'GB' })
  })

  it('a city abroad whose name could be several places is none', () => {
    expect(locate({ city: 'San José', country: 'MX' }).precision).toBe('none')
  })

  it.each([
    ['United States', 'US'],
    ['usa', 'US'],
    ['Puerto Rico', 'US'],
    ['Deutschland', 'DE'],
    ['México', 'MX'],
    ['de', 'DE'],
    ['UK', 'GB'],
    ['Atlantis', null],
  ])('the country %s is %s', (country, code) => {
    expect(locate({ country, latitude: 50, longitude: 9 }).country).toBe(code)
  })

  it('the phone area code is a last step for who wants it, with its source’s 320 km', () => {
    const person = { ...nobody, phone: '(404) 555-1234' }
    expect(locateLead(person, gazetteer).precision).toBe('none')
    expect(locateLead(person, gazetteer, { areaCode: true })).toMatchObject({
      ...{ precision: 'area_code', errorM: 320_000, fault: null },
    })
    for (const phone of ['+1 800 555 1234', '+44 20 7946 0958', '404', 'x'.repeat(1_000_000)]) {
      expect(locateLead({ ...person, phone }, gazetteer, { areaCode: true }).precision).toBe('none')
    }
  })
})

describe('whatever a form holds', () => {
  const junk = fc.oneof(
    fc.constantFrom(
      '',
      ' ',
      'N/A',
      '<script>alert(1)</script>',
      '\ud800',
      '9'.repeat(1_000_000),
      'constructor',
      '__proto__',
    ),
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.constantFrom('30305', 'M5V 3L9', '2134', '09012', 'GA', 'Atlanta', 'US', 'CA', 'Paris', 'FR'),
  )
  const text = fc.option(junk)
  const number = fc.option(fc.oneof(fc.double(), fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, -0, 90, -180)))

  it('it never throws, and a place is a point on Earth or none', () => {
    fc.assert(
      fc.property(
        fc.record({
          ...{ city: text, state: text, postalCode: text, country: text, phone: text },
          ...{ latitude: number, longitude: number },
        }),
        (person) => {
          const place = locateLead({ ...nobody, ...person }, gazetteer, { areaCode: true })
          expect(precisions).toContain(place.precision)
          expect(place.latitude === null).toBe(place.precision === 'none')
          expect(place.fault === null).toBe(place.latitude !== null)
          if (place.latitude === null) return
          expect(Math.abs(place.latitude)).toBeLessThanOrEqual(90)
          expect(Math.abs(place.longitude!)).toBeLessThanOrEqual(180)
          expect(place.errorM!).toBeGreaterThan(0)
        },
      ),
      { numRuns: 1_500 },
    )
  })

  it.each([
    ['empty', ''],
    ['null', null],
    ['N/A', 'N/A'],
    ['1 MB', '9'.repeat(1_000_000)],
    ['HTML', '<b>30305</b>'],
  ])('a postal code of %s is no place, and the city still is', (_name, postalCode) => {
    expect(locate({ postalCode })).toMatchObject({ precision: 'none', fault: 'BAD_POSTAL' })
    expect(locate({ postalCode, city: 'Atlanta', state: 'GA' })).toMatchObject({ precision: 'city', fault: null })
  })
})
