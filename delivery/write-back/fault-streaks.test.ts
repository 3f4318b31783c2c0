import { expect, test } from 'vitest'
import { createFaultStreaks } from './fault-streaks.ts'

test('a location rests from its third unanswered try in a row on, longer each time, and an answer ends it', () => {
  const streaks = createFaultStreaks()
  const faults = (count: number) => Array.from({ length: count }, () => streaks.fault('loc1'))
  expect(faults(10)).toEqual([0, 0, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000])
  expect(streaks.fault('loc2')).toBe(0)
  streaks.success('loc1')
  expect(faults(3)).toEqual([0, 0, 1_000])
})
