import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { FoundContact, Opportunity } from '../../ghl/steps/ghl-bodies.ts'
import { contactCreated, statusChanged } from './webhook-bodies.ts'

const fixture = (name: string): Record<string, unknown> =>
  JSON.parse(readFileSync(new URL(`../../../test/fixtures/ghl/webhooks/${name}.json`, import.meta.url), 'utf8'))

test('a contact found by the search has the body of its webhook, stamped with its creation', () => {
  const { type, webhookId, appId, versionId, timestamp, ...sent } = fixture('ContactCreate')
  const dateAdded = '2026-11-22T09:00:00.000Z'
  const found = { ...sent, dateAdded, businessName: null, searchAfter: [1, 'x'] } as unknown as FoundContact
  expect(contactCreated(String(sent.locationId), found)).toEqual({ ...sent, type, dateAdded, timestamp: dateAdded })
})

test('the street is found under either name; without a creation time nothing can be said', () => {
  const found = { id: 'c', dateAdded: '2026-11-22T09:00:00.000Z', address: '1 Main St' } as unknown as FoundContact
  expect(contactCreated('L', found)).toMatchObject({ address1: '1 Main St' })
  expect(contactCreated('L', { id: 'c' } as FoundContact)).toBe(null)
  expect(contactCreated('L', { ...found, dateAdded: 'soon' })).toBe(null)
})

test('an opportunity has the body of the status webhook, stamped with the change', () => {
  const { type, webhookId, appId, versionId, timestamp, dateAdded, ...sent } = fixture('OpportunityStatusUpdate')
  const found = { ...sent, createdAt: dateAdded } as unknown as Opportunity
  const body = statusChanged(String(sent.locationId), found, '2026-11-22T10:00:00.000Z')
  const wanted = Object.fromEntries(Object.entries(sent).filter(([, value]) => value !== null))
  expect(body).toEqual({ ...wanted, type, dateAdded, timestamp: '2026-11-22T10:00:00.000Z' })
})
