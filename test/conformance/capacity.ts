import { randomUUID } from 'node:crypto'
import { pino } from 'pino'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Cap } from '../../contracts/ruleset.ts'
import type { Counter, Place } from '../../decide/capacity/counter.ts'
import { countersOf, rotationCounter } from '../../decide/capacity/counters.ts'
import { createWindows } from '../../decide/capacity/windows.ts'
import { connectRedis, type RedisConnection } from '../../kernel/redis.ts'
import { type Capacity, CountersNotReady, createCapacity } from '../../router/stores/capacity.ts'
import { epochKey } from '../../router/stores/capacity-keys.ts'
import type { ReserveRequest } from '../../router/stores/reserve-request.ts'

const tenant = 'T'
const context = { tenant, weekStartsOn: 'mon' as const, windows: createWindows() }
const worth = { source: 'ads', service: 'roof', points: 3, value: 100 }
const NOW_MS = Date.now()

type Window = Pick<Cap, 'window' | 'limit'> & Partial<Cap>

/** What the counters promise, whatever Redis they live in. */
export function capacityKeepsItsPromises(start: () => Promise<{ url: string; stop: () => Promise<unknown> }>): void {
  let server: { url: string; stop: () => Promise<unknown> }
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

  const counters = (locationId: string, caps: Window[], nowMs = NOW_MS): Counter[] =>
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
  const ask = (...candidates: [string, Counter[]][]): ReserveRequest => ({
    tenant,
    leadId: randomUUID(),
    attempt: 1,
    reservedAtMs: NOW_MS,
    candidates: candidates.map(([candidate, list]) => ({ candidate, counters: list })),
    inputs: '{"some":"inputs"}',
  })
  const used = async (list: readonly (Counter | Place)[]): Promise<number[]> => {
    const values = await capacity.read(list.map(({ key }) => key))
    return list.map(({ key }) => values.get(key)!)
  }
  const reserveOne = async (request: ReserveRequest) => (await capacity.reserve([request]))[0]!
  const taken = async (request: ReserveRequest): Promise<Place[]> => {
    const answer = await reserveOne(request)
    if (answer.status !== 'reserved') throw new Error(answer.status)
    return answer.places
  }

  describe('a reservation', () => {
    it('goes to the first of the ranked list that has room', async () => {
      const [full, free] = [
        counters('A', [{ window: 'day', limit: 0 }]),
        counters('B', [{ window: 'total', limit: null }]),
      ]
      const answer = await reserveOne(ask(['A', full], ['B', free]))
      expect(answer).toEqual({
        status: 'reserved',
        epoch: 'e1',
        candidate: 'B',
        places: [{ key: free[0]!.key, amount: 1 }],
        refused: { A: full[0]!.key },
      })
      expect(await used([...full, ...free])).toEqual([0, 1])
    })

    it('all-or-nothing over several caps: a refused candidate moves no counter', async () => {
      const caps: Window[] = [
        { window: 'day', limit: 5 },
        { window: 'concurrent', limit: 2 },
        { window: 'month', metric: 'points', limit: 100 },
      ]
      const list = counters('A', caps)
      const answers = await capacity.reserve(Array.from({ length: 4 }, () => ask(['A', list])))
      expect(answers.map(({ status }) => status)).toEqual(['reserved', 'reserved', 'full', 'full'])
      expect(answers[3]).toMatchObject({ refused: { A: list[1]!.key } })
      expect(await used(list)).toEqual([2, 2, 6])
    })

    it('fits up to the limit by its amount and not one over', async () => {
      const list = counters('A', [{ window: 'day', metric: 'value', limit: 250 }])
      const answers = await capacity.reserve([ask(['A', list]), ask(['A', list]), ask(['A', list])])
      expect(answers.map(({ status }) => status)).toEqual(['reserved', 'reserved', 'full'])
      expect(await used(list)).toEqual([200])
    })

    it('null is unlimited, 0 is closed, also to a lead that counts nothing', async () => {
      const closed = counters('A', [{ window: 'day', metric: 'points', limit: 0 }]).map((c) => ({ ...c, amount: 0 }))
      const open = counters('B', [{ window: 'day', limit: null }])
      expect(await reserveOne(ask(['A', closed]))).toMatchObject({ status: 'full' })
      const answers = await capacity.reserve(Array.from({ length: 30 }, () => ask(['B', open])))
      expect(answers.every(({ status }) => status === 'reserved')).toBe(true)
    })

    it('two limits on one counter raise it once, the smaller decides', async () => {
      const list = counters('A', [
        { window: 'day', limit: 9 },
        { window: 'day', limit: 2 },
      ])
      const answers = await capacity.reserve([ask(['A', list]), ask(['A', list]), ask(['A', list])])
      expect(answers.map(({ status }) => status)).toEqual(['reserved', 'reserved', 'full'])
      expect(answers[0]).toMatchObject({ places: [{ key: list[0]!.key, amount: 1 }] })
      expect(await used([list[0]!])).toEqual([2])
    })

    it('rolling days count the days before', async () => {
      const window = { rollingDays: 3 }
      const day = 86_400_000
      for (const daysAgo of [3, 2, 1]) {
        await capacity.reserve([ask(['A', counters('A', [{ window, limit: 3 }], NOW_MS - daysAgo * day)])])
      }
      const today = counters('A', [{ window, limit: 3 }])
      const answers = await capacity.reserve([ask(['A', today]), ask(['A', today])])
      expect(answers.map(({ status }) => status)).toEqual(['reserved', 'full'])
    })

    it('the same (lead, attempt) again gets the first answer and takes no second place', async () => {
      const list = counters('A', [{ window: 'day', limit: 1 }])
      const request = ask(['X', counters('X', [{ window: 'day', limit: 0 }])], ['A', list])
      const first = await reserveOne(request)
      const again = await reserveOne({ ...request, inputs: 'others', candidates: [] })
      expect(again).toEqual({ ...first, status: 'stored', inputs: '{"some":"inputs"}' })
      expect(await used(list)).toEqual([1])
    })

    it('many callers at once fill a cap of 20 exactly', async () => {
      const list = counters('A', [{ window: 'day', limit: 20 }])
      const calls = Array.from({ length: 40 }, () =>
        capacity.reserve(Array.from({ length: 10 }, () => ask(['A', list]))),
      )
      const answers = (await Promise.all(calls)).flat()
      expect(answers.filter(({ status }) => status === 'reserved')).toHaveLength(20)
      expect(await used(list)).toEqual([20])
    })

    it('a request larger than one call is answered in order', async () => {
      const lists = Array.from({ length: 400 }, (_, i) =>
        Array.from({ length: 12 }, (_, n) => counters(`L${i}-${n}`, [{ window: 'day', limit: n === 11 ? 1 : 0 }])),
      )
      const answers = await capacity.reserve(
        lists.map((walk, i) => ask(...walk.map((list, n): [string, Counter[]] => [`L${i}-${n}`, list]))),
      )
      expect(answers.map((answer) => 'candidate' in answer && answer.candidate)).toEqual(
        lists.map((_, i) => `L${i}-11`),
      )
    })

    it('a counter expires with its window, a total never', async () => {
      const list = counters('A', [
        { window: 'day', limit: 9 },
        { window: 'total', limit: 9 },
      ])
      await capacity.reserve([ask(['A', list])])
      expect(await redis.pexpiretime(list[0]!.key)).toBe(list[0]!.expiresAtMs)
      expect(await redis.pexpiretime(list[1]!.key)).toBe(-1)
    })

    it('is not made while the counters are lost', async () => {
      await redis.del(epochKey(tenant))
      const list = counters('A', [{ window: 'day', limit: 9 }])
      expect(await reserveOne(ask(['A', list]))).toEqual({ status: 'not-ready' })
      expect(await used(list)).toEqual([0])
    })
  })

  describe('giving back', () => {
    const caps: Window[] = [
      { window: 'day', limit: 9 },
      { window: 'concurrent', limit: 9 },
    ]

    it('closing gives back concurrent places, releasing the rest: COMMITTED, CLOSED, RELEASED, each place once', async () => {
      const list = counters('A', caps)
      const [request, other] = [ask(['A', list]), ask(['A', list])]
      const places = await taken(request)
      await taken(other)
      await capacity.committed([request, other])
      const closed = { ...request, places, state: 'CLOSED', before: 'COMMITTED' } as const
      await capacity.giveBack([closed])
      expect(await used(list)).toEqual([2, 1])
      await capacity.giveBack([closed])
      await capacity.giveBack([{ ...closed, state: 'RELEASED', before: 'CLOSED' }])
      expect(await used(list)).toEqual([1, 1])
      await capacity.giveBack([{ ...closed, state: 'RELEASED', before: 'CLOSED' }, closed])
      expect(await used(list)).toEqual([1, 1])
    })

    it('releasing at once gives all back, and closing afterwards nothing', async () => {
      const list = counters('A', caps)
      const request = ask(['A', list])
      const places = await taken(request)
      await taken(ask(['A', list]))
      await capacity.committed([request])
      await capacity.giveBack([{ ...request, places, state: 'RELEASED', before: 'COMMITTED' }])
      await capacity.giveBack([{ ...request, places, state: 'CLOSED', before: 'COMMITTED' }])
      expect(await used(list)).toEqual([1, 1])
    })

    it('a forgotten ledger is taken for what Postgres says', async () => {
      const list = counters('A', caps)
      const places = await taken(ask(['A', list]))
      await taken(ask(['A', list]))
      const old = { tenant, leadId: randomUUID(), attempt: 1, places }
      await capacity.giveBack([{ ...old, state: 'RELEASED', before: 'CLOSED' }])
      expect(await used(list)).toEqual([1, 2])
    })

    it('no cap counter falls below zero; a rotation balance may', async () => {
      const [cap] = counters('A', [{ window: 'day', limit: 9 }])
      const balance = rotationCounter(tenant, 'A', 'u', NOW_MS, 400_000)
      const request = ask(['A', [cap!, balance]])
      const places = await taken(request)
      await redis.set(cap!.key, 0)
      await redis.set(balance.key, 100_000)
      await capacity.giveBack([{ ...request, places, state: 'RELEASED', before: 'COMMITTED' }])
      expect(await used([cap!, balance])).toEqual([0, -300_000])
    })

    it('releasing on Tuesday a lead of Monday leaves Tuesday alone', async () => {
      const monday = counters('A', [{ window: 'day', limit: 9 }], NOW_MS - 86_400_000)
      const tuesday = counters('A', [{ window: 'day', limit: 9 }])
      const request = ask(['A', monday])
      const places = await taken(request)
      await taken(ask(['A', tuesday]))
      await capacity.giveBack([{ ...request, places, state: 'RELEASED', before: 'COMMITTED' }])
      expect(await used([...monday, ...tuesday])).toEqual([0, 1])
    })

    it('what Postgres never knew is released only while it is reserved with these places', async () => {
      const list = counters('A', caps)
      const request = ask(['A', list])
      const places = await taken(request)
      const release = { ...request, places, state: 'RELEASED', before: 'RESERVED' } as const
      await capacity.giveBack([{ ...release, places: places.slice(1) }])
      expect(await used(list)).toEqual([1, 1])
      await capacity.giveBack([release])
      await capacity.giveBack([release])
      expect(await used(list)).toEqual([0, 0])
      await taken(request)
      await capacity.committed([request])
      await capacity.giveBack([release])
      expect(await used(list)).toEqual([1, 1])
    })

    it('waits while the counters are lost', async () => {
      await redis.del(epochKey(tenant))
      const entry = { tenant, leadId: randomUUID(), attempt: 1, places: [] }
      await expect(capacity.giveBack([{ ...entry, state: 'CLOSED', before: 'COMMITTED' }])).rejects.toThrow(
        CountersNotReady,
      )
    })
  })
}
