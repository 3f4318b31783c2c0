import type { Person } from '../../contracts/event.ts'

/** Whoever fills a form in has less than this unknown. */
export const nobody: Person = {
  ...{ firstName: null, lastName: null, email: null, phone: null, address: null, city: null, state: null },
  ...{ postalCode: null, country: null, latitude: null, longitude: null, source: null, tags: [], customFields: {} },
}
