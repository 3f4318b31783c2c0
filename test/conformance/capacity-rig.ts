import { randomUUID } from 'node:crypto'
import { pino } from 'pino'
import { afterAll, beforeAll, beforeEach } from 'vitest'
import type { Cap } from '../../contracts/ruleset.ts'
import type { Counter, Place } from '../../decide/capacity/counter.ts'
import { countersOf } from '../../decide/capacity/counters.ts'
import { createWindows } from '../../decide/capacity/windows.ts'
import { connectRedis, type RedisConnection } from '../../kernel/redis.ts'
import { type Capacity, createCapacity } from '../../router/stores/capacity.ts'
import { epochKey } from '../../router/stores/capacity-keys.ts'
import type { ReserveRequest } from '../../router/stores/reserve-request.ts'

export type RedisServer = { url: string; stop: () => Promise<unknown> }
export type CapWindow = Pick<Cap, 'window' | 'limit'> & Partial<Cap>
export type CapacityRig = {
  redis: () => RedisConnection
  capacity: () => Capacity
  used: (list: readonly (Counter | Place)[]) => Promise<number[]>
  reserveOne: (request: ReserveRequest) => Promise<Awaited<ReturnType<Capacity['reserve']>>[number]>
  /** The places of a reservation that must succeed. */
  taken: (request: ReserveRequest) => Promise<Place[]>
}

export const tenant = 'T'
export const NOW_MS = Date.now()
const context = { tenant, weekStartsOn: 'mon' as const, windows: createWindows() }
const worth = { source: 'ads', service: 'roof', points: 3, value: 100 }

/** For the tests of the suite that calls it: empty counters of one tenant before each of them. */
export function useCapacity(start: () => Promise<RedisServer>): CapacityRig {
  let server: RedisServer
  let redis: RedisConnection
  let capacity: Capacity
  beforeAll(async () => {
    server = await start()
    redis = await connectRedis(server.url, 'test', pino({ level: 'silent' }))
    capacity = createCapacity(redis)
  })
  beforeEach(async () => {
    const stale = await redis.eval("return redis.call('KEYS', KEYS[1] .. '*')", 1, 'hx:{T}:')
    if ((stale as string[]).length > 0) await redis.unlink(...(stale as string[]))
    await redis.set(epochKey(tenant), 'e1')
  })
  afterAll(async () => {
    redis?.disconnect()
    await server?.stop()
  })

  const reserveOne = async (request: ReserveRequest) => (await capacity.reserve([request]))[0]!
  return {
    redis: () => redis,
    capacity: () => capacity,
    reserveOne,
    used: async (list) => {
      const values = await capacity.read(list.map(({ key }) => key))
      return list.map(({ key }) => values.get(key)!)
    },
    taken: async (request) => {
      const answer = await reserveOne(request)
      if (answer.status !== 'reserved') throw new Error(answer.status)
      return answer.places
    },
  }
}

export const counters = (locationId: string, caps: CapWindow[], nowMs = NOW_MS): Counter[] =>
  countersOf(
    context,
    {
      locationId,
      userId: null,
      timeZone: 'America/New_York',
      caps: caps.map((cap) => ({ metric: 'leads', locationId, ...cap })),
    },
    worth,
    nowMs,
  )

export const ask = (...candidates: [string, Counter[]][]): ReserveRequest => ({
  tenant,
  leadId: randomUUID(),
  attempt: 1,
  reservedAtMs: NOW_MS,
  candidates: candidates.map(([candidate, list]) => ({ candidate, counters: list })),
  inputs: '{"some":"inputs"}',
})
