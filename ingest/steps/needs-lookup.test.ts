import { expect, test } from 'vitest'
import { duplicateWindowMs } from '../../contracts/streams.ts'
import { needsLookup } from './needs-lookup.ts'

const MINUTE_MS = 60_000

test('the database is asked only for what JetStream may have forgotten', () => {
  const now = Date.UTC(2026, 10, 22)
  expect(needsLookup(now, now)).toBe(false)
  expect(needsLookup(now + 5 * MINUTE_MS, now)).toBe(false)
  expect(needsLookup(now - duplicateWindowMs + 11 * MINUTE_MS, now)).toBe(false)
  expect(needsLookup(now - duplicateWindowMs + 9 * MINUTE_MS, now)).toBe(true)
  expect(needsLookup(now - 6 * 86_400_000, now)).toBe(true)
  expect(needsLookup(null, now)).toBe(true)
})
