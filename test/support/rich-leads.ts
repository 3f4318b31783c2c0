import type { Event, Person } from '../../contracts/event.ts'
import { derivedUuid } from '../../kernel/derived-uuid.ts'
import { locations, tenant } from './rich-organisation.ts'

type Chance = () => number

/** Marsaglia's xorshift: the same leads for the same seed. */
function chance(seed: number): Chance {
  let state = (seed * 2_654_435_761) >>> 0 || 1
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    state >>>= 0
    return state / 2 ** 32
  }
}

const pick = <T>(next: Chance, from: readonly T[]): T => from[Math.floor(next() * from.length)]!

const zips = [
  ...[
    '30305',
    '30309',
    '30030',
    '30060',
    '30338',
    '33131',
    '33139',
    '10001',
    '10011',
    '10016',
    '10024',
    '02108',
    '02116',
  ],
  ...[
    '60601',
    '60614',
    '60622',
    '60201',
    '75201',
    '75230',
    '76102',
    '80202',
    '80301',
    '85003',
    '85281',
    '90012',
    '90210',
  ],
  ...['91101', '98101', '98109', '96813', '96720', '64105', '37203', '57501', '79901', '99501', '59001', '2134', '501'],
]
/** Where a form says where somebody is, in all the ways that forms do. */
const whereabouts: ((next: Chance) => Partial<Person>)[] = [
  ...Array.from({ length: 12 }, () => (next: Chance) => ({ postalCode: pick(next, zips) })),
  (next) => {
    const { latitude, longitude } = pick(next, locations)
    return { latitude: latitude + (next() - 0.5) / 2, longitude: longitude + (next() - 0.5) / 2 }
  },
  (next) => ({ postalCode: pick(next, ['30305-1234', '303091000', '30305 1234', '30305.0']) }),
  (next) => ({ postalCode: pick(next, ['2134', '2116']), state: 'MA', country: 'US' }),
  (next) => ({ postalCode: pick(next, ['M5V3L9', 'm5j 2n8', 'M5V 3LO', 'A1C 5S7', 'M4Y']), country: 'CA' }),
  (next) => ({ city: pick(next, ['Atlanta', 'Savannah', 'Macon']), state: 'GA', country: 'US' }),
  () => ({ city: 'Berlin', postalCode: '10115', country: 'DE' }),
  (next) => ({ postalCode: pick(next, ['09012', '34001', '96201']), state: pick(next, ['AE', 'AA', 'AP']) }),
  (next) => ({ postalCode: pick(next, ['N/A', '00000', '', '１０００１', '30300', '90000', '<b>']) }),
]

/** What jsonb, JSON and JavaScript each write in their own way, and keys that mean the same field. */
const oddFields = (next: Chance): Person['customFields'] => ({
  zeta: -0,
  'contact.Service': pick(next, ['roof', 'ROOF', 'solar', 'gutter']),
  service: pick(next, ['roof', 'solar']),
  12: 'a number as a key',
  budget: pick(next, [1e21, 1e-7, 5e-324, 0.1 + 0.2, 7_500, '$7,500.50', -3, 1.5]),
  nested: { b: [1, null, { z: 1, a: '\u2028' }], a: true },
  ÄÖ: ['x', 2, null],
})

const plainFields = (next: Chance): Person['customFields'] => ({
  Service: pick(next, ['roof', 'solar', 'Roof', 'gutter', null]),
  lang: pick(next, ['en', 'Spanish', 'fr', null, null, null]),
  consent: next() < 0.06 ? 'no' : 'yes',
  area: next() < 0.05 ? 'south' : 'any',
  budget: Math.round(next() * 9_000),
})

function personOf(n: number, next: Chance): Person {
  // Every twelfth form is of somebody who asked before.
  const who = next() < 0.08 && n > 50 ? Math.floor(next() * n) : n
  const tag = next()
  return {
    ...{ firstName: `Lead ${who}`, lastName: null, address: null, city: null, state: null, postalCode: null },
    ...{ country: null, latitude: null, longitude: null },
    email: next() < 0.7 ? `p${who}@${pick(next, ['gmail.com', 'example.com'])}` : null,
    phone: `+1404${String(2_000_000 + who)}`,
    source: pick(next, ['ads', 'solar-ads', 'radio-es', 'web', null]),
    ...(next() < 0.3 ? { dnd: next() < 0.1 } : {}),
    tags: tag < 0.02 ? ['Spam'] : tag < 0.05 ? ['later'] : tag < 0.1 ? ['VIP'] : tag < 0.12 ? ['hexroute-test'] : [],
    ...pick(next, whereabouts)(next),
    customFields: next() < 0.15 ? oddFields(next) : plainFields(next),
  }
}

/** The form of lead `n` as the gateway puts it on the stream: always the same for the same number, but for the time. */
export function richEvent(n: number, receivedAtMs: number): Event {
  const at = new Date(receivedAtMs).toISOString()
  return {
    eventId: derivedUuid('rich event', n),
    ...{ tenant, locationId: 'funnel', type: 'ContactCreate', origin: 'ghl', entityId: `c${n}`, contactId: `c${n}` },
    ...{ occurredAt: at, receivedAt: at, parked: null, intake: true, requestId: `r${n}`, payload: {} },
    person: personOf(n, chance(n + 1)),
  }
}
