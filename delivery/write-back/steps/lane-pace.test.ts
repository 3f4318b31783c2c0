import { expect, test } from 'vitest'
import { returnInMs } from './lane-pace.ts'

test('what does not fit into a lane comes back one after the other, a little faster than the limit lets it be written', () => {
  const pace = { nextReturnMs: 0 }
  const delays = Array.from({ length: 101 }, () => returnInMs(pace, 300, 3_000))
  expect(delays[0]).toBe(1_000)
  expect(delays[100]! - delays[0]!).toBeCloseTo(100 * 300 * 0.7, 0)
  expect(new Set(delays).size).toBe(101)
})

test('nothing stays away for more than ten minutes, and later ones do not wait for a burst that is over', () => {
  const pace = { nextReturnMs: 0 }
  expect([returnInMs(pace, 1_000_000, 0), returnInMs(pace, 1_000_000, 0)]).toEqual([1_000, 600_000])
  expect(returnInMs(pace, 300, 2_000_000)).toBe(1_000)
})
