import { expect, test } from 'vitest'
import { createSharedReads } from './shared-reads.ts'

test('the same question within a second is asked once; another one, a later one and a failed one are asked', async () => {
  let nowMs = 0
  let asked = 0
  const shared = createSharedReads(1_000, () => nowMs)
  const ask = (question: string, fails = false) =>
    shared([question], async () => {
      asked += 1
      if (fails) throw new Error('away')
      return asked
    })
  expect(await Promise.all([ask('a'), ask('a'), ask('b')])).toEqual([1, 1, 2])
  nowMs = 999
  expect(await ask('a')).toBe(1)
  nowMs = 1_000
  expect(await ask('a')).toBe(3)
  await expect(ask('c', true)).rejects.toThrow('away')
  expect(await ask('c')).toBe(5)
})
