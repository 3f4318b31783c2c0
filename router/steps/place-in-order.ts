import type { Place } from '../../contracts/place.ts'

/** Postgres keeps the keys of jsonb in an order of its own; a decision's hash covers the order in which they were found. */
export const placeInOrder = (place: Place): Place => ({
  postalCode: place.postalCode,
  plus4: place.plus4,
  state: place.state,
  country: place.country,
  repaired: place.repaired,
  latitude: place.latitude,
  longitude: place.longitude,
  precision: place.precision,
  errorM: place.errorM,
  cell: place.cell,
  fault: place.fault,
})
