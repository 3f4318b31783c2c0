import { describe, expect, it } from 'vitest'
import type { Person } from '../../contracts/event.ts'
import { createGazetteer } from './gazetteer.ts'
import { locateLead } from './locate-lead.ts'

const nobody: Person = {
  firstName: null,
  lastName: null,
  email: null,
  phone: null,
  address: null,
  city: null,
  state: null,
  postalCode: null,
  country: 'US',
  latitude: null,
  longitude: null,
  source: null,
  tags: [],
  customFields: {},
}
const gazetteer = createGazetteer()
const locate = (person: Partial<Person>) => locateLead({ ...nobody, ...person }, gazetteer)

describe('the ladder from a form to a point', () => {
  it('takes coordinates before the postal code', () => {
    const place = locate({ latitude: 33.84, longitude: -84.38, postalCode: '10001' })
    expect(place).toMatchObject({
      precision: 'coordinates',
      latitude: 33.84,
      longitude: -84.38,
      postalCode: '10001',
      errorM: 100,
    })
  })

  it.each([
    [0, 0],
    [Number.NaN, 10],
    [91, 0.5],
    [10, 181],
  ])('does not take (%d, %d) for a place', (latitude, longitude) => {
    expect(locate({ latitude, longitude, postalCode: '30305' }).precision).toBe('zip')
  })

  it('steps down: ZIP, 3-digit ZIP, city and state, none', () => {
    expect(locate({ postalCode: '30305' })).toMatchObject({ precision: 'zip', postalCode: '30305' })
    expect(locate({ postalCode: '10000' })).toMatchObject({ precision: 'zip3' })
    expect(locate({ postalCode: 'N/A', city: 'Atlanta', state: 'Georgia' })).toMatchObject({ precision: 'city' })
    expect(locate({ postalCode: 'M5V 3L9', country: 'CA' })).toMatchObject({ precision: 'fsa', country: 'CA' })
    expect(locate({ postalCode: 'N/A' })).toMatchObject({
      precision: 'none',
      latitude: null,
      cell: null,
      fault: 'BAD_POSTAL',
    })
  })

  it('gives the rougher steps the larger error', () => {
    const zip = locate({ postalCode: '30305' }).errorM!
    const zip3 = locate({ postalCode: '10000' }).errorM!
    expect(zip3).toBeGreaterThan(zip)
  })

  it('puts military addresses and Santa Claus nowhere, not at (0, 0) and not at the pole', () => {
    expect(locate({ postalCode: '09012' })).toMatchObject({ latitude: null, fault: 'NON_GEOGRAPHIC' })
    expect(locate({ postalCode: 'H0H 0H0', country: 'CA' })).toMatchObject({
      latitude: null,
      fault: 'BAD_POSTAL',
    })
  })
})
