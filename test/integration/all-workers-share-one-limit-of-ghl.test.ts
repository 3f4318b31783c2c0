import fc from 'fast-check'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createSharedCallGate } from '../../delivery/ghl/stores/shared-call-gate.ts'
import { createSharedLimits, type Limits, type SharedLimits } from '../../delivery/ghl/stores/shared-limits.ts'
import { systemClock } from '../../kernel/clock.ts'
import { createLogger } from '../../kernel/logger.ts'
import { connectRedis } from '../../kernel/redis.ts'
import { startTestRedis, type TestBackend } from '../support/backends.ts'
import { startRedisCluster } from '../support/redis-cluster.ts'

const usual: Limits = { callsMax: 10, windowMs: 10_000, callsPerDayMax: 200_000, bulkShare: 0.6 }
const waitMsMax = { fresh: 0, bulk: 0 }

let backend: TestBackend
let clients: Redis[]
let buckets = 0
const newBucket = (): string => `location${buckets++}`

beforeAll(async () => {
  backend = await startTestRedis()
  clients = [1, 2, 3, 4].map(() => new Redis(backend.url))
})
afterAll(async () => {
  for (const client of clients ?? []) client.disconnect()
  await backend?.stop()
})

const limitsOf = (limits: Partial<Limits> = {}, client = clients[0]!): SharedLimits =>
  createSharedLimits(client, { ...usual, ...limits })

test('in no stretch of the window are more calls let through than the limit, by four clients at once', async () => {
  const anyCall = fc.record({
    client: fc.integer({ min: 0, max: 3 }),
    calls: fc.integer({ min: 1, max: 3 }),
    isBulk: fc.boolean(),
    pauseMs: fc.integer({ min: 0, max: 15 }),
  })
  const run = fc.record({
    callsMax: fc.integer({ min: 5, max: 12 }),
    calls: fc.array(anyCall, { minLength: 40, maxLength: 80 }),
  })
  await fc.assert(
    fc.asyncProperty(run, async ({ callsMax, calls }) => {
      const windowMs = 100
      const bucket = newBucket()
      const takenMs: number[] = []
      const work = clients.map(async (client, index) => {
        const limits = limitsOf({ callsMax, windowMs }, client)
        for (const call of calls.filter((one) => one.client === index)) {
          await new Promise((resolve) => setTimeout(resolve, call.pauseMs))
          const taken = await limits.take(bucket, call.calls, call.isBulk ? 'bulk' : 'fresh')
          if (taken.waitMs === 0) for (let one = 0; one < call.calls; one += 1) takenMs.push(taken.atMs)
        }
      })
      await Promise.all(work)
      for (const from of takenMs) {
        expect(takenMs.filter((at) => at >= from && at <= from + windowMs).length).toBeLessThanOrEqual(callsMax)
      }
    }),
    { numRuns: 12 },
  )
})

test('whoever is told to wait has room when the wait is over, and not before', async () => {
  const limits = limitsOf({ windowMs: 300 })
  const bucket = newBucket()
  expect((await limits.take(bucket, 10, 'fresh')).waitMs).toBe(0)
  const { waitMs } = await limits.take(bucket, 1, 'fresh')
  expect(waitMs).toBeGreaterThan(200)
  await expect.poll(async () => (await limits.take(bucket, 1, 'fresh')).waitMs, { interval: 10 }).toBe(0)
})

test('bulk work leaves 40 % of a window, and of the day, to fresh leads', async () => {
  const limits = limitsOf({ callsPerDayMax: 15 })
  const bucket = newBucket()
  expect((await limits.take(bucket, 6, 'bulk')).waitMs).toBe(0)
  expect((await limits.take(bucket, 1, 'bulk')).waitMs).toBeGreaterThan(0)
  expect(await limits.take(bucket, 4, 'fresh')).toMatchObject({ waitMs: 0, leftInWindow: 0, leftToday: 5 })

  const ofTheDay = limitsOf({ callsMax: 100, callsPerDayMax: 15 })
  const other = newBucket()
  expect((await ofTheDay.take(other, 5, 'fresh')).waitMs).toBe(0)
  expect((await ofTheDay.take(other, 6, 'bulk')).waitMs).toBe(0)
  expect((await ofTheDay.take(other, 1, 'bulk')).waitMs).toBeGreaterThan(86_000_000)
  expect((await ofTheDay.take(other, 4, 'fresh')).leftToday).toBe(0)
  expect((await ofTheDay.take(other, 1, 'fresh')).waitMs).toBeGreaterThan(86_000_000)
})

test('GHL saying that less is left is believed, more only of another day', async () => {
  const limits = limitsOf({ callsPerDayMax: 5_000 })
  const bucket = newBucket()
  await limits.take(bucket, 2, 'fresh')
  await limits.adopt(bucket, { remaining: 9, dailyRemaining: 4_999, restMs: 0 })
  expect(await limits.take(bucket, 0, 'fresh')).toMatchObject({ leftInWindow: 8, leftToday: 4_998 })
  await limits.adopt(bucket, { remaining: 3, dailyRemaining: 100, restMs: 0 })
  expect(await limits.take(bucket, 0, 'fresh')).toMatchObject({ leftInWindow: 3, leftToday: 100 })
  await limits.adopt(bucket, { remaining: 9, dailyRemaining: 4_990, restMs: 0 })
  expect(await limits.take(bucket, 0, 'fresh')).toMatchObject({ leftInWindow: 3, leftToday: 4_990 })
})

test('a rest that one process was told of holds for all, and for this bucket only', async () => {
  const [one, other] = clients.map((client) =>
    createSharedCallGate({ ...usual, limits: limitsOf({}, client), waitMsMax, clock: systemClock, onAway: fail }),
  )
  const bucket = newBucket()
  one!.rest(bucket, 5_000)
  await expect
    .poll(() =>
      other!.take(bucket).then(
        () => 'taken',
        (fault) => fault.status,
      ),
    )
    .toBe(429)
  expect(other!.roomInMs(bucket, 1)).toBeGreaterThan(3_000)
  expect(other!.resting()).toBe(1)
  await other!.take(newBucket())
})

test('each bucket has its keys in one slot of a cluster', async () => {
  const bucket = newBucket()
  const limits = limitsOf()
  await limits.take(bucket, 1, 'fresh')
  await limits.adopt(bucket, { remaining: null, dailyRemaining: null, restMs: 1_000 })
  const keys = await clients[0]!.keys(`hx:ghl:*${bucket}*`)
  expect(keys).toHaveLength(3)
  for (const key of keys) expect(key).toContain(`{${bucket}}`)
})

test('on a Redis Cluster of three nodes every bucket keeps its limit', async () => {
  const cluster = await startRedisCluster()
  const redis = await connectRedis(cluster.url, 'test', createLogger('test', 'silent'))
  const limits = createSharedLimits(redis, usual)
  for (const bucket of ['one', 'two', 'three', 'four', 'five', 'six']) {
    const asked = await Promise.all(Array.from({ length: 12 }, () => limits.take(bucket, 1, 'fresh')))
    expect(asked.filter(({ waitMs }) => waitMs === 0)).toHaveLength(10)
    await limits.adopt(bucket, { remaining: 0, dailyRemaining: 7, restMs: 1_000 })
    expect(await limits.take(bucket, 0, 'fresh')).toMatchObject({ leftInWindow: 0, leftToday: 7 })
  }
  redis.disconnect()
  await cluster.stop()
})

test('Redis away: each process goes on by a quarter of the limit, at once and without a refusal; back: all together again', async () => {
  const own = await startTestRedis()
  const redis = await connectRedis(own.url, 'test', createLogger('test', 'silent'))
  const away: string[] = []
  const gate = createSharedCallGate({
    ...{ ...usual, callsMax: 40, windowMs: 1_000, clock: systemClock, waitMsMax: { fresh: 2_000, bulk: 2_000 } },
    limits: createSharedLimits(redis, { ...usual, callsMax: 40, windowMs: 1_000 }),
    onAway: (error) => away.push(error.message),
  })
  const bucket = newBucket()
  await gate.take(bucket)
  expect(await gate.left(bucket)).toEqual({ per10s: 39, today: 199_999 })
  await own.kill()
  const beganMs = Date.now()
  for (let call = 0; call < 15; call += 1) await gate.take(bucket)
  expect(Date.now() - beganMs).toBeGreaterThan(700)
  expect(away.length).toBeGreaterThan(0)
  expect(await gate.left(bucket)).toBeNull()
  await own.restart()
  await expect.poll(() => gate.left(bucket), { timeout: 20_000 }).not.toBeNull()
  redis.disconnect()
  await own.stop()
})

function fail(error: Error): never {
  throw error
}
