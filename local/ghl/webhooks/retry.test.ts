import { expect, test } from 'vitest'
import { backOffMs, retryAfterMs, triesMax } from './retry.ts'

test('delays double from 10 s to an hour and shrink with the time scale', () => {
  expect([1, 2, 3].map((tries) => backOffMs(tries, 1))).toEqual([10_000, 20_000, 40_000])
  expect(backOffMs(12, 1)).toBe(3_600_000)
  expect(backOffMs(1, 0.05)).toBe(500)
})

test('however fast the clock runs, a gateway has minutes to come back before a webhook is given up', () => {
  let totalMs = 0
  for (let tries = 1; tries < triesMax; tries += 1) totalMs += backOffMs(tries, 0)
  expect(totalMs).toBeGreaterThan(2 * 60_000)
})

test('Retry-After is understood as seconds and as a date, and ignored when it is neither', () => {
  expect(retryAfterMs('2')).toBe(2_000)
  expect(retryAfterMs('Thu, 01 Jan 2026 00:00:05 GMT', Date.parse('2026-01-01T00:00:00Z'))).toBe(5_000)
  expect(retryAfterMs('soon')).toBe(0)
  expect(retryAfterMs(undefined)).toBe(0)
})
