import { expect, test } from 'vitest'
import { batchToken } from './batch-token.ts'

const batch = { stream: 'EVENTS', streamCreated: '2026-01-01T00:00:00.000Z', firstSeq: 5, lastSeq: 9, ids: ['a', 'b'] }

test('the same batch has the same token', () => {
  expect(batchToken({ ...batch, ids: ['a', 'b'] })).toBe(batchToken(batch))
  expect(batchToken(batch)).toMatch(/^EVENTS@2026-01-01T00:00:00\.000Z:5-9:2:[0-9a-f]{32}:2$/)
})

test('a batch that differs in stream, its making, range, ids or their order has another', () => {
  const others = [
    { ...batch, stream: 'FACTS' },
    { ...batch, streamCreated: '2026-01-01T00:00:00.001Z' },
    { ...batch, firstSeq: 4 },
    { ...batch, lastSeq: 10 },
    { ...batch, ids: ['ab'] },
    { ...batch, ids: ['a', 'c'] },
    { ...batch, ids: ['b', 'a'] },
  ].map(batchToken)
  expect(new Set([batchToken(batch), ...others]).size).toBe(8)
})
