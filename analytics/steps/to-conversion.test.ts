import { expect, test } from 'vitest'
import { toConversion } from './to-conversion.ts'
import { windowMs } from './window.ts'

const places = [
  { id: 'n1', name: 'North One', regionId: 'north', regionName: 'North' },
  { id: 'n2', name: 'North Two', regionId: 'north', regionName: 'North' },
  { id: 's1', name: 'South One', regionId: 'south', regionName: 'South' },
]
const counts = [
  { locationId: 'n2', leads: 4, won: 1 },
  { locationId: 's1', leads: 2, won: 2 },
  { locationId: 'gone', leads: 1, won: 0 },
]
const input = { places, counts, window: '7d', asOf: '2026-01-01T00:00:00.000Z' }

test('every location has a row, and the rows add up to the total', () => {
  const { rows, total } = toConversion({ ...input, by: 'location' })
  expect(rows.map(({ id, leads, rate }) => [id, leads, rate])).toEqual([
    ['n1', 0, null],
    ['n2', 4, 0.25],
    ['s1', 2, 1],
    ['gone', 1, 0],
  ])
  expect(total).toEqual({ leads: 7, won: 3, rate: 3 / 7 })
})

test('a region is the sum of its locations', () => {
  const { rows, total } = toConversion({ ...input, by: 'region' })
  expect(rows.map(({ id, name, leads, won }) => [id, name, leads, won])).toEqual([
    ['north', 'North', 4, 1],
    ['south', 'South', 2, 2],
    ['_', '_', 1, 0],
  ])
  expect(total.leads).toBe(7)
})

test('a window is hours or days, up to 400 days', () => {
  expect([windowMs('24h'), windowMs('7d'), windowMs('401d'), windowMs('7w')]).toEqual([
    86_400_000,
    604_800_000,
    null,
    null,
  ])
})
