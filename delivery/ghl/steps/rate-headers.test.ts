import { expect, test } from 'vitest'
import { restMs } from './rate-headers.ts'

const now = Date.parse('2026-03-01T10:00:00Z')

test.each([
  ['seconds in Retry-After', { 'retry-after': '4' }, 4_000],
  ['a date in Retry-After', { 'retry-after': 'Sun, 01 Mar 2026 10:00:09 GMT' }, 9_000],
  ['the window that GHL names', { 'x-ratelimit-interval-milliseconds': '10000' }, 10_000],
  ['no header: the documented window', {}, 10_000],
  ['nonsense: the documented window', { 'retry-after': 'soon', 'x-ratelimit-interval-milliseconds': '-1' }, 10_000],
  ['a used-up day: a minute, then another look', { 'retry-after': '1', 'x-ratelimit-daily-remaining': '0' }, 60_000],
  ['hours in Retry-After: a minute, then another look', { 'retry-after': '7200' }, 60_000],
  ['zero: not at once', { 'retry-after': '0' }, 100],
])('a bucket rests by %s', (_name, headers: Record<string, string>, expected) => {
  expect(restMs(headers, now)).toBe(expected)
})
