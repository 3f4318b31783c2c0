import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createHeartbeat } from './heartbeat.ts'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

const countInto = (told: number[]) => (n: number) => [n, { working: () => void told.push(n) }] as const

test('each message in hand is told of once a round, and never many at a time', () => {
  const told: number[] = []
  const held = new Map(Array.from({ length: 2_000 }, (_, n) => n).map(countInto(told)))
  const heartbeat = createHeartbeat(held, 5_000)
  let most = 0
  for (let ms = 0; ms < 5_000; ms += 250) {
    const before = told.length
    vi.advanceTimersByTime(250)
    most = Math.max(most, told.length - before)
  }
  heartbeat.stop()
  expect(told).toHaveLength(2_000)
  expect(new Set(told).size).toBe(2_000)
  expect(most).toBe(100)
})

test('what comes and goes meanwhile waits two rounds at most', () => {
  const told: number[] = []
  const held = new Map(Array.from({ length: 50 }, (_, n) => n).map(countInto(told)))
  const heartbeat = createHeartbeat(held, 1_000)
  for (let n = 50; n < 450; n += 1) {
    held.delete(n - 50)
    held.set(...countInto(told)(n))
    vi.advanceTimersByTime(5)
  }
  const waiting = [...held.keys()]
  told.length = 0
  vi.advanceTimersByTime(2_000)
  heartbeat.stop()
  expect(waiting.filter((n) => !told.includes(n))).toEqual([])
})
