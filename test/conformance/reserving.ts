import { describe, expect, it } from 'vitest'
import type { Counter } from '../../decide/capacity/counter.ts'
import { epochKey } from '../../router/stores/capacity-keys.ts'
import { ask, type CapacityRig, type CapWindow, counters, NOW_MS, tenant } from './capacity-rig.ts'

export function reservingKeepsItsPromises(rig: CapacityRig): void {
  describe('a reservation', () => {
    it('goes to the first of the ranked list that has room', async () => {
      const [full, free] = [
        counters('A', [{ window: 'day', limit: 0 }]),
        counters('B', [{ window: 'total', limit: null }]),
      ]
      const answer = await rig.reserveOne(ask(['A', full], ['B', free]))
      expect(answer).toEqual({
        status: 'reserved',
        epoch: 'e1',
        candidate: 'B',
        places: [{ key: free[0]!.key, amount: 1 }],
        refused: { A: full[0]!.key },
      })
      expect(await rig.used([...full, ...free])).toEqual([0, 1])
    })

    it('all-or-nothing over several caps: a refused candidate moves no counter', async () => {
      const caps: CapWindow[] = [
        { window: 'day', limit: 5 },
        { window: 'concurrent', limit: 2 },
        { window: 'month', metric: 'points', limit: 100 },
      ]
      const list = counters('A', caps)
      const answers = await rig.capacity().reserve(Array.from({ length: 4 }, () => ask(['A', list])))
      expect(answers.map(({ status }) => status)).toEqual(['reserved', 'reserved', 'full', 'full'])
      expect(answers[3]).toMatchObject({ refused: { A: list[1]!.key } })
      expect(await rig.used(list)).toEqual([2, 2, 6])
    })

    it('fits up to the limit by its amount and not one over', async () => {
      const list = counters('A', [{ window: 'day', metric: 'value', limit: 250 }])
      const answers = await rig.capacity().reserve([ask(['A', list]), ask(['A', list]), ask(['A', list])])
      expect(answers.map(({ status }) => status)).toEqual(['reserved', 'reserved', 'full'])
      expect(await rig.used(list)).toEqual([200])
    })

    it('null is unlimited, 0 is closed, also to a lead that counts nothing', async () => {
      const closed = counters('A', [{ window: 'day', metric: 'points', limit: 0 }]).map((c) => ({ ...c, amount: 0 }))
      const open = counters('B', [{ window: 'day', limit: null }])
      expect(await rig.reserveOne(ask(['A', closed]))).toMatchObject({ status: 'full' })
      const answers = await rig.capacity().reserve(Array.from({ length: 30 }, () => ask(['B', open])))
      expect(answers.every(({ status }) => status === 'reserved')).toBe(true)
    })

    it('two limits on one counter raise it once, the smaller decides', async () => {
      const list = counters('A', [
        { window: 'day', limit: 9 },
        { window: 'day', limit: 2 },
      ])
      const answers = await rig.capacity().reserve([ask(['A', list]), ask(['A', list]), ask(['A', list])])
      expect(answers.map(({ status }) => status)).toEqual(['reserved', 'reserved', 'full'])
      expect(answers[0]).toMatchObject({ places: [{ key: list[0]!.key, amount: 1 }] })
      expect(await rig.used([list[0]!])).toEqual([2])
    })

    it('rolling days count the days before', async () => {
      const window = { rollingDays: 3 }
      const day = 86_400_000
      for (const daysAgo of [3, 2, 1]) {
        await rig.capacity().reserve([ask(['A', counters('A', [{ window, limit: 3 }], NOW_MS - daysAgo * day)])])
      }
      const today = counters('A', [{ window, limit: 3 }])
      const answers = await rig.capacity().reserve([ask(['A', today]), ask(['A', today])])
      expect(answers.map(({ status }) => status)).toEqual(['reserved', 'full'])
    })

    it('the same (lead, attempt) again gets the first answer and takes no second place', async () => {
      const list = counters('A', [{ window: 'day', limit: 1 }])
      const request = ask(['X', counters('X', [{ window: 'day', limit: 0 }])], ['A', list])
      const first = await rig.reserveOne(request)
      const again = await rig.reserveOne({ ...request, inputs: 'others', candidates: [] })
      expect(again).toEqual({ ...first, status: 'stored', inputs: '{"some":"inputs"}' })
      expect(await rig.used(list)).toEqual([1])
    })

    it('many callers at once fill a cap of 20 exactly', async () => {
      const list = counters('A', [{ window: 'day', limit: 20 }])
      const calls = Array.from({ length: 40 }, () =>
        rig.capacity().reserve(Array.from({ length: 10 }, () => ask(['A', list]))),
      )
      const answers = (await Promise.all(calls)).flat()
      expect(answers.filter(({ status }) => status === 'reserved')).toHaveLength(20)
      expect(await rig.used(list)).toEqual([20])
    })

    it('a request larger than one call is answered in order', async () => {
      const lists = Array.from({ length: 400 }, (_, i) =>
        Array.from({ length: 12 }, (_, n) => counters(`L${i}-${n}`, [{ window: 'day', limit: n === 11 ? 1 : 0 }])),
      )
      const answers = await rig
        .capacity()
        .reserve(lists.map((walk, i) => ask(...walk.map((list, n): [string, Counter[]] => [`L${i}-${n}`, list]))))
      expect(answers.map((answer) => 'candidate' in answer && answer.candidate)).toEqual(
        lists.map((_, i) => `L${i}-11`),
      )
    })

    it('a counter expires with its window, a total never', async () => {
      const list = counters('A', [
        { window: 'day', limit: 9 },
        { window: 'total', limit: 9 },
      ])
      await rig.capacity().reserve([ask(['A', list])])
      expect(await rig.redis().pexpiretime(list[0]!.key)).toBe(list[0]!.expiresAtMs)
      expect(await rig.redis().pexpiretime(list[1]!.key)).toBe(-1)
    })

    it('is not made while the counters are lost', async () => {
      await rig.redis().del(epochKey(tenant))
      const list = counters('A', [{ window: 'day', limit: 9 }])
      expect(await rig.reserveOne(ask(['A', list]))).toEqual({ status: 'not-ready' })
      expect(await rig.used(list)).toEqual([0])
    })
  })
}
