import { expect, test } from 'vitest'
import { newPace, returnInMs, started } from './lane-pace.ts'

test('what does not fit into a lane comes back one after the other, at about the pace of the lane', () => {
  const pace = newPace()
  for (let n = 0; n <= 10; n += 1) started(pace, true, n * 300)
  const delays = Array.from({ length: 101 }, () => returnInMs(pace, 3_000))
  expect(delays[0]).toBe(1_000)
  expect(delays[100]! - delays[0]!).toBeCloseTo(100 * 300 * 0.7, 0)
  expect(new Set(delays).size).toBe(101)
})

test('a lane that ran empty starts its reckoning anew, and nothing stays away for more than ten minutes', () => {
  const pace = newPace()
  for (let n = 0; n <= 3; n += 1) started(pace, true, n * 1_000_000)
  expect([returnInMs(pace, 3_000_000), returnInMs(pace, 3_000_000)]).toEqual([1_000, 600_000])
  started(pace, false, 3_000_000)
  expect(returnInMs(pace, 3_000_000)).toBe(1_000)
  expect(returnInMs(pace, 3_000_000)).toBe(1_035)
})
