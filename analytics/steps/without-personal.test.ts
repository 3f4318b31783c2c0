import fc from 'fast-check'
import { expect, test } from 'vitest'
import { withoutPersonal } from './without-personal.ts'

test('ids, states, sources and amounts stay', () => {
  const body = {
    type: 'OpportunityStatusUpdate',
    id: 'o1',
    status: 'won',
    monetaryValue: 1200.5,
    dnd: false,
    attributionSource: { utmSource: 'fb', medium: 'facebook' },
  }
  expect(withoutPersonal(body)).toEqual(body)
})

test('nothing that names or reaches a person stays, at any depth and under any label', () => {
  const body = {
    firstName: 'Dana',
    email: 'dana@example.com',
    'What hurts?': 'left knee',
    customData: { id: 'Dana' },
    customFields: [{ id: 'f1', value: 'Dana' }],
    contact: { id: 'c1', name: 'Dana', phone: '+14045550142', tags: ['Dana'] },
    appointment: { id: 'a1', notes: 'Dana likes tea', address: '12 Sample St' },
    source: 'dana@example.com',
    utmContent: 'x',
    campaign: '+1 (404) 555-0142',
  }
  expect(withoutPersonal(body)).toEqual({ contact: { id: 'c1' }, appointment: { id: 'a1' }, utmContent: 'x' })
})

test('a field of the wrong kind is dropped: typed columns could not take it', () => {
  expect(withoutPersonal({ status: { a: 1 }, monetaryValue: '12,00', dnd: 'yes', contact: 'c', type: 7 })).toEqual({})
})

test('whatever the body, what stays holds no key of its own choosing', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue() as fc.Arbitrary<unknown>), (body) => {
      expect(Object.keys(withoutPersonal(body)).every((key) => /^[a-zA-Z_]+$/.test(key))).toBe(true)
    }),
  )
})
