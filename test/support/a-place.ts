import type { Place } from '../../contracts/place.ts'

/** Buckhead in Atlanta, known by its ZIP; or what differs. */
export const aPlace = (place: Partial<Place> = {}): Place => ({
  ...{ postalCode: '30305', plus4: null, state: 'GA', country: 'US', repaired: false },
  ...{ latitude: 33.832, longitude: -84.3851, precision: 'zip' as const, errorM: 5_000, cell: null, fault: null },
  ...place,
})
