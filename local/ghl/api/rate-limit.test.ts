import { expect, test } from 'vitest'
import { createRateLimit } from './rate-limit.ts'

test('the 101st call within ten seconds is refused, the next window is open again', () => {
  let nowMs = 1_000
  const limit = createRateLimit(100, 200_000, () => nowMs)
  const first = Array.from({ length: 100 }, () => limit('Location a').allowed)
  expect(first.every(Boolean)).toBe(true)
  expect(limit('Location a')).toMatchObject({
    allowed: false,
    headers: { 'x-ratelimit-max': '100', 'x-ratelimit-remaining': '0', 'x-ratelimit-interval-milliseconds': '10000' },
  })
  nowMs += 9_999
  expect(limit('Location a').allowed).toBe(false)
  nowMs += 1
  expect(limit('Location a').allowed).toBe(true)
})

test('one sub-account does not use up the allowance of another', () => {
  const limit = createRateLimit(1, 10, () => 0)
  expect([limit('Location a'), limit('Location b'), limit('Company a')].every(({ allowed }) => allowed)).toBe(true)
  expect(limit('Location b').allowed).toBe(false)
})

test('the day has its own limit', () => {
  let nowMs = 0
  const limit = createRateLimit(100, 3, () => nowMs)
  const calls = Array.from({ length: 4 }, () => {
    nowMs += 10_000
    return limit('Location a')
  })
  expect(calls.map(({ allowed }) => allowed)).toEqual([true, true, true, false])
  expect(calls[3]?.headers['x-ratelimit-daily-remaining']).toBe('0')
  nowMs += 86_400_000
  expect(limit('Location a').allowed).toBe(true)
})
