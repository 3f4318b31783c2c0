import { expect, test } from 'vitest'
import type { Person } from '../../../contracts/event.ts'
import { contactBody, type OwnMarks } from './contact-body.ts'
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

const noMarks: OwnMarks = { owner: undefined, leadIdFieldId: null }
const bodyOf = (of: Lead, marks: OwnMarks = noMarks) => contactBody(of, 'loc1', marks)

test('a contact carries what is known of the person and our marker, and nothing that is not', () => {
  const person = { firstName: ' Ada ', lastName: 'Byron', email: 'Ada@Example.com', postalCode: '02134', city: ' ' }
  expect(bodyOf(lead({ ...person, phone: '(617) 555-0123' }, 'US'))).toEqual({
    locationId: 'loc1',
    source: `hexroute:${leadId}`,
    tags: ['hexroute'],
    firstName: 'Ada',
    lastName: 'Byron',
    email: 'ada@example.com',
    phone: '+16175550123',
    postalCode: '02134',
    country: 'US',
  })
  const bare = { locationId: 'loc1', source: `hexroute:${leadId}`, tags: ['hexroute'] }
  expect(bodyOf(lead({}))).toEqual(bare)
  expect(bodyOf(lead({}), { owner: 'u1', leadIdFieldId: 'f1' })).toEqual({
    ...bare,
    assignedTo: 'u1',
    customFields: [{ id: 'f1', field_value: leadId }],
  })
})

test('an e-mail, phone or country that cannot be one is left out instead of costing the lead', () => {
  for (const email of ['ada', 'ada@', '@example.com', 'a b@example.com', `${'a'.repeat(260)}@example.com`]) {
    expect(bodyOf(lead({ email }))).not.toHaveProperty('email')
  }
  for (const phone of ['call me', '12', '+1', '0'.repeat(40)]) {
    expect(bodyOf(lead({ phone }))).not.toHaveProperty('phone')
  }
  expect(bodyOf(lead({ country: 'United States' }))).not.toHaveProperty('country')
})

test('a national number is read in the country of the lead', () => {
  expect(bodyOf(lead({ phone: '030 901820', country: 'de' })).phone).toBe('+4930901820')
  expect(bodyOf(lead({ phone: '+44 20 7946 0018' }, 'US')).phone).toBe('+442079460018')
})

test('an opportunity is named by the person, else by what is known of him', () => {
  const stage = { pipelineId: 'p1', pipelineStageId: 's1' }
  const parts = { locationId: 'loc1', contactId: 'c1', stage, owner: undefined }
  const nameOf = (person: Partial<Person>) => opportunityBody(lead(person), parts).name
  expect(nameOf({ firstName: 'Ada', lastName: 'Byron' })).toBe('Ada Byron')
  expect(nameOf({ firstName: ' ', email: 'ada@example.com' })).toBe('ada@example.com')
  expect(nameOf({})).toBe('Lead 018f3c5e')
  expect(opportunityBody(lead({ firstName: 'Ada' }), parts)).toEqual({
    locationId: 'loc1',
    contactId: 'c1',
    name: 'Ada',
    status: 'open',
    ...stage,
  })
  expect(opportunityBody(lead({}), { ...parts, owner: 'u1' }).assignedTo).toBe('u1')
})

test('our tag is added to those of the lead, each once', () => {
  expect(leadTags(lead({ tags: ['roof', ' ', 'roof', 'hexroute'] }))).toEqual(['hexroute', 'roof'])
})
