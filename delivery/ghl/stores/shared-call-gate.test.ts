import { expect, test } from 'vitest'
import { createSharedCallGate } from './shared-call-gate.ts'
import type { SharedLimits, Taken } from './shared-limits.ts'

const free: Taken = { waitMs: 0, leftInWindow: 50, leftToday: 1_000, leavesInMs: 4_000, atMs: 0 }

function bench(take: SharedLimits['take']) {
  const told: unknown[] = []
  const state = { nowMs: 0, away: 0 }
  const gate = createSharedCallGate({
    limits: { take, adopt: async (bucket, said) => void told.push({ bucket, ...said }) },
    callsMax: 95,
    windowMs: 10_000,
    waitMsMax: { fresh: 0, bulk: 0 },
    clock: () => state.nowMs,
    onAway: () => {
      state.away += 1
    },
  })
  return { gate, told, state }
}

test('room is told at once by what Redis said last, and asked again when there was too little', async () => {
  const answers = [
    { ...free, leftInWindow: 3 },
    { ...free, leftInWindow: 30 },
  ]
  const { gate, state } = bench(async () => answers.shift()!)
  expect(gate.roomInMs('loc', 5)).toBe(0)
  await gate.take('loc')
  expect(gate.roomInMs('loc', 3)).toBe(0)
  expect(gate.roomInMs('loc', 5)).toBe(4_000)
  state.nowMs = 300
  gate.roomInMs('loc', 5)
  await expect.poll(() => gate.roomInMs('loc', 5)).toBe(0)
})

test('GHL is asked about in Redis only when it says something new', async () => {
  const { gate, told } = bench(async () => free)
  await gate.take('loc')
  gate.answered('loc', { remaining: 60, dailyRemaining: 1_500 })
  gate.answered('loc', { remaining: null, dailyRemaining: null })
  expect(told).toEqual([])
  gate.answered('loc', { remaining: 40, dailyRemaining: 1_000 })
  gate.answered('loc', { remaining: 41, dailyRemaining: 1_000 })
  gate.answered('loc', { remaining: 50, dailyRemaining: 900 })
  gate.answered('loc', { remaining: 50, dailyRemaining: 9_000 })
  expect(told).toEqual([
    { bucket: 'loc', remaining: 40, dailyRemaining: 1_000, restMs: 0 },
    { bucket: 'loc', remaining: 50, dailyRemaining: 900, restMs: 0 },
    { bucket: 'loc', remaining: 50, dailyRemaining: 9_000, restMs: 0 },
  ])
})

test('a Redis that hangs costs one call its time-out, the others go on alone meanwhile', async () => {
  let asked = 0
  let isHanging = true
  const hung: (() => void)[] = []
  const { gate, state } = bench(async () => {
    asked += 1
    if (asked === 1) throw new Error('connection lost')
    if (isHanging) await new Promise<void>((_, reject) => hung.push(() => reject(new Error('timed out'))))
    return free
  })
  await gate.take('loc')
  expect(state.away).toBe(1)
  state.nowMs = 1_000
  const probe = gate.take('loc')
  for (let call = 0; call < 10; call += 1) await gate.take('loc')
  expect(asked).toBe(2)
  hung[0]!()
  await probe
  isHanging = false
  state.nowMs = 2_000
  await gate.take('loc')
  await gate.take('loc')
  expect([asked, state.away]).toEqual([4, 1])
})
