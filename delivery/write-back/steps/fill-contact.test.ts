import { expect, test } from 'vitest'
import type { Contact } from '../../ghl/steps/ghl-bodies.ts'
import type { NewContact } from './contact-body.ts'
import { fillContact, missingTags, withoutKeys } from './fill-contact.ts'

const wanted: NewContact = {
  locationId: 'loc1',
  source: 'hexroute:1',
  tags: ['hexroute', 'Roof'],
  firstName: 'Ada',
  email: 'ada@example.com',
  phone: '+16175550123',
  city: 'Boston',
  assignedTo: 'new',
  customFields: [{ id: 'f1', field_value: 'lead2' }],
}
const existing = (more: Partial<Contact> = {}): Contact => ({ id: 'c1', locationId: 'loc1', ...more })

test('what the people of a location wrote stays, what is empty is filled, and the source is never touched', () => {
  const known = existing({ firstName: 'Augusta', email: 'ada@example.com', city: '', source: 'Spring fair' })
  expect(fillContact(known, wanted, [])).toEqual({
    phone: '+16175550123',
    city: 'Boston',
    assignedTo: 'new',
    customFields: [{ id: 'f1', field_value: 'lead2' }],
  })
})

test('the owner stays, unless this very lead was taken from him', () => {
  const owned = existing({ assignedTo: 'old' })
  expect(fillContact(owned, wanted, [])).not.toHaveProperty('assignedTo')
  expect(fillContact(owned, wanted, ['old'])).toMatchObject({ assignedTo: 'new' })
})

test('a second filling of the same contact has nothing to do', () => {
  const fields = {
    firstName: 'Ada',
    email: 'ada@example.com',
    phone: '+16175550123',
    city: 'Boston',
    assignedTo: 'new',
  }
  const done = existing({ ...fields, tags: ['hexroute', 'roof'], customFields: [{ id: 'f1', value: 'lead2' }] })
  expect(fillContact(done, wanted, [])).toBeNull()
  expect(missingTags(done, wanted.tags)).toEqual([])
  expect(missingTags(existing({ tags: ['vip'] }), wanted.tags)).toEqual(['hexroute', 'Roof'])
})

test('an e-mail or phone that belongs to another contact is left out', () => {
  expect(withoutKeys({ email: 'a@example.com', city: 'Boston' })).toEqual({ city: 'Boston' })
  expect(withoutKeys({ phone: '+16175550123' })).toBeNull()
})
