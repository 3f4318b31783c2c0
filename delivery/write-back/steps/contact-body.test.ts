import { expect, test } from 'vitest'
import type { Person } from '../../../contracts/event.ts'
import { contactBody } from './contact-body.ts'
import type { Lead } from './lead.ts'
import { leadTags } from './lead-tags.ts'
import { opportunityBody } from './opportunity-body.ts'

const leadId = '018f3c5e-0000-7000-8000-000000000001'
const nobody: Person = {
  firstName: null,
  lastName: null,
  email: null,
  phone: null,
  address: null,
  city: null,
  state: null,
  postalCode: null,
  country: null,
  latitude: null,
  longitude: null,
  source: null,
  tags: [],
  customFields: {},
}
const lead = (person: Partial<Person>, country: string | null = null): Lead => ({
  leadId,
  person: { ...nobody, ...person },
  country,
})

test('a contact carries what is known of the person and our marker, and nothing that is not', () => {
  const person = { firstName: ' Ada ', lastName: 'Byron', email: 'Ada@Example.com', postalCode: '02134', city: ' ' }
  expect(contactBody(lead({ ...person, phone: '(617) 555-0123' }, 'US'), 'loc1')).toEqual({
    locationId: 'loc1',
    source: `hexroute:${leadId}`,
    firstName: 'Ada',
    lastName: 'Byron',
    email: 'ada@example.com',
    phone: '+16175550123',
    postalCode: '02134',
    country: 'US',
  })
  expect(contactBody(lead({}), 'loc1')).toEqual({ locationId: 'loc1', source: `hexroute:${leadId}` })
})

test('an e-mail, phone or country that cannot be one is left out instead of costing the lead', () => {
  for (const email of ['ada', 'ada@', '@example.com', 'a b@example.com', `${'a'.repeat(260)}@example.com`]) {
    expect(contactBody(lead({ email }), 'loc1')).not.toHaveProperty('email')
  }
  for (const phone of ['call me', '12', '+1', '0'.repeat(40)]) {
    expect(contactBody(lead({ phone }), 'loc1')).not.toHaveProperty('phone')
  }
  expect(contactBody(lead({ country: 'United States' }), 'loc1')).not.toHaveProperty('country')
})

test('a national number is read in the country of the lead', () => {
  expect(contactBody(lead({ phone: '030 901820', country: 'de' }), 'loc1').phone).toBe('+4930901820')
  expect(contactBody(lead({ phone: '+44 20 7946 0018' }, 'US'), 'loc1').phone).toBe('+442079460018')
})

test('an opportunity is named by the person, else by what is known of him', () => {
  const stage = { pipelineId: 'p1', pipelineStageId: 's1' }
  const nameOf = (person: Partial<Person>) => opportunityBody(lead(person), 'loc1', 'c1', stage).name
  expect(nameOf({ firstName: 'Ada', lastName: 'Byron' })).toBe('Ada Byron')
  expect(nameOf({ firstName: ' ', email: 'ada@example.com' })).toBe('ada@example.com')
  expect(nameOf({})).toBe('Lead 018f3c5e')
  expect(opportunityBody(lead({ firstName: 'Ada' }), 'loc1', 'c1', stage)).toEqual({
    locationId: 'loc1',
    contactId: 'c1',
    name: 'Ada',
    status: 'open',
    ...stage,
  })
})

test('our tag is added to those of the lead, each once', () => {
  expect(leadTags(lead({ tags: ['roof', ' ', 'roof', 'hexroute'] }))).toEqual(['hexroute', 'roof'])
})
