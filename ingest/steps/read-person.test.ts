import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { Value } from 'typebox/value'
import { expect, test } from 'vitest'
import { Person } from '../../contracts/event.ts'
import { readPerson, readWorkflowPerson } from './read-person.ts'

const fixture = (path: string) =>
  JSON.parse(readFileSync(join(import.meta.dirname, '../../test/fixtures/ghl', path), 'utf8'))

test('both webhook kinds describe one person in the same way', () => {
  const { customFields: byId, ...marketplace } = readPerson(fixture('webhooks/ContactCreate.json'))
  const { customFields: byLabel, ...workflow } = readWorkflowPerson(fixture('workflow/contact-created.json'))
  // Only the marketplace tells of do-not-disturb.
  expect({ ...workflow, dnd: false }).toEqual(marketplace)
  expect(marketplace).toMatchObject({ firstName: 'Dana', postalCode: '30305', tags: ['funnel', 'facebook lead'] })
  expect(byId).toEqual({ BcdmQEsNgz6AVpgLVUJ0: 'XYZ Corp' })
  expect(byLabel).toEqual({ 'Kind of work': 'Kitchen repair' })
})

test('what the workflow action adds for its triggers is no custom field', () => {
  for (const name of ['opportunity-changed', 'appointment-booked', 'contact-tag.captured']) {
    const { customFields } = readWorkflowPerson(fixture(`workflow/${name}.json`))
    expect(Object.keys(customFields), name).toEqual(expect.arrayContaining(['Kind of work']))
    expect(
      Object.keys(customFields).filter((key) => !['Kind of work', 'my_key'].includes(key)),
      name,
    ).toEqual([])
  }
})

test('coordinates come from custom fields or customData, both or none, and only when they are on Earth', () => {
  const fields = (latitude: unknown, longitude: unknown) => [
    { id: 'x1', key: 'contact.latitude', value: latitude },
    { id: 'x2', name: 'Longitude', value: longitude },
  ]
  const at = (latitude: unknown, longitude: unknown) => readPerson({ customFields: fields(latitude, longitude) })
  expect(at('33.84', -84.37)).toMatchObject({ latitude: 33.84, longitude: -84.37 })
  expect(at('', -84.37)).toMatchObject({ latitude: null, longitude: null })
  expect(at(91, 0)).toMatchObject({ latitude: null, longitude: null })
  expect(at('north', 0)).toMatchObject({ latitude: null, longitude: null })
  const customData = { latitude: '43.65', longitude: '-79.38' }
  expect(readWorkflowPerson({ customData })).toMatchObject({ latitude: 43.65, longitude: -79.38 })
})

test('a full name is split where first and last name are missing', () => {
  expect(readPerson({ name: 'Mary Jane Watson' })).toMatchObject({ firstName: 'Mary', lastName: 'Jane Watson' })
  expect(readPerson({ name: 'Cher' })).toMatchObject({ firstName: 'Cher', lastName: null })
})

test('markup and SQL stay text; what Postgres cannot store becomes a replacement character', () => {
  const nasty = `<img src=x onerror=alert(1)>'; DROP TABLE leads; --`
  expect(readPerson({ firstName: nasty }).firstName).toBe(nasty)
  const half = '\ud83d'
  expect(readPerson({ city: `a\0b${half}` }).city).toBe('a\uFFFDb\uFFFD')
  const customFields = [{ id: `k\0`, value: [{ [`in${half}`]: 'v\0' }] }]
  expect(readPerson({ customFields }).customFields).toEqual({ 'k\uFFFD': [{ 'in\uFFFD': 'v\uFFFD' }] })
  expect(readPerson({ city: 'Zürich 🏔' }).city).toBe('Zürich 🏔')
})

test('a ZIP sent as a number is text, and a custom field named __proto__ changes nothing', () => {
  expect(readPerson({ postalCode: 30305 }).postalCode).toBe('30305')
  const { customFields } = readPerson({ customFields: [{ id: '__proto__', value: { admin: true } }] })
  expect((customFields as { admin?: boolean }).admin).toBeUndefined()
})

test('anything at all becomes a valid person', () => {
  const keys = [...Object.keys(fixture('webhooks/ContactCreate.json')), 'customData', 'first_name', 'location', 'tags']
  const anyBody = fc.dictionary(fc.oneof(fc.constantFrom(...keys), fc.string()), fc.jsonValue())
  fc.assert(
    fc.property(anyBody, (body) => {
      for (const person of [readPerson(body), readWorkflowPerson(body)]) {
        expect([...Value.Errors(Person, person)]).toEqual([])
        expect(JSON.stringify(person)).not.toMatch(/[^\\](\\\\)*\\u0000/)
      }
    }),
  )
})

test('the campaign is that of the last ad, by either kind of webhook', () => {
  const ads = { attributionSource: { utmCampaign: 'spring' }, lastAttributionSource: { utmCampaign: ' autumn ' } }
  expect(readPerson(ads).campaign).toBe('autumn')
  expect(readPerson({ attributionSource: { campaign: 'spring' }, lastAttributionSource: {} }).campaign).toBe('spring')
  expect(readWorkflowPerson({ contact: ads }).campaign).toBe('autumn')
  expect(readWorkflowPerson({ customData: { campaign: 'by hand' } }).campaign).toBe('by hand')
  for (const nothing of [{}, { attributionSource: 'x' }, { attributionSource: { utmCampaign: '' } }])
    expect([readPerson(nothing).campaign, readWorkflowPerson(nothing).campaign]).toEqual([null, null])
})
