import { expect, test } from 'vitest'
import { toSubAccounts } from './to-sub-account.ts'

const listed = { _id: 'a', name: ' Shop A ', address: '1 Main St, Austin, TX', isInstalled: true }

test('a sub-account has the facts of both lists of GHL', () => {
  const place = { id: 'a', name: 'Shop A', address: '1 Main St', city: 'Austin', timezone: 'US/Central' }
  expect(toSubAccounts([listed], [place])).toEqual([
    {
      ...{ id: 'a', name: 'Shop A', address: '1 Main St', city: 'Austin', state: null, country: null },
      ...{ postalCode: null, timeZone: 'America/Chicago', installed: true },
    },
  ])
})

test('what one list does not have yet is told by the other, and a zone that is none is not told', () => {
  expect(toSubAccounts([listed], [])).toMatchObject([
    { name: 'Shop A', address: '1 Main St, Austin, TX', timeZone: null },
  ])
  expect(toSubAccounts([listed], [{ id: 'a', timezone: 'Mars/Base' }])).toMatchObject([{ timeZone: null }])
  expect(toSubAccounts([{ _id: 'b', name: '', address: '' }], [])).toMatchObject([{ name: 'b', installed: false }])
})
