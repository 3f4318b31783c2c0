import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createCallGate } from './call-gate.ts'

test('in no window of 10 s are more calls let through than allowed, whenever they come', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 3_000 }), { maxLength: 60 }), async (gapsMs) => {
      let nowMs = 0
      const gate = createCallGate({ callsMax: 5, windowMs: 10_000, waitMsMax: 0, clock: () => nowMs })
      const sentMs: number[] = []
      for (const gapMs of gapsMs) {
        nowMs += gapMs
        const roomInMs = gate.roomInMs('loc1', 1)
        const taken = await gate.take('loc1').then(
          () => true,
          () => false,
        )
        expect(taken).toBe(roomInMs <= 0)
        if (taken) sentMs.push(nowMs)
      }
      for (const at of sentMs)
        expect(sentMs.filter((other) => other > at - 10_000 && other <= at).length).toBeLessThan(6)
    }),
  )
})

test('a bucket that rests lets nothing through, the others do not notice', async () => {
  let nowMs = 0
  const gate = createCallGate({ callsMax: 5, windowMs: 10_000, waitMsMax: 0, clock: () => nowMs })
  gate.rest('loc1', 3_000)
  await expect(gate.take('loc1')).rejects.toMatchObject({ status: 429, restMs: 3_000 })
  await gate.take('loc2')
  expect(gate.resting()).toBe(1)
  nowMs = 3_000
  await gate.take('loc1')
  expect(gate.resting()).toBe(0)
})

test('room for several calls is when the last of them fits', async () => {
  let nowMs = 0
  const gate = createCallGate({ callsMax: 3, windowMs: 10_000, waitMsMax: 0, clock: () => nowMs })
  for (nowMs = 0; nowMs < 3_000; nowMs += 1_000) await gate.take('loc1')
  expect(gate.roomInMs('loc1', 1)).toBe(7_000)
  expect(gate.roomInMs('loc1', 2)).toBe(8_000)
  expect(gate.roomInMs('loc1', 99)).toBe(9_000)
})
