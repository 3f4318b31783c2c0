import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { rotationCounter } from '../../decide/capacity/counters.ts'
import { CountersNotReady } from '../../router/stores/capacity.ts'
import { epochKey } from '../../router/stores/capacity-keys.ts'
import { ask, type CapacityRig, type CapWindow, counters, NOW_MS, tenant } from './capacity-rig.ts'

export function givingBackKeepsItsPromises(rig: CapacityRig): void {
  describe('giving back', () => {
    const caps: CapWindow[] = [
      { window: 'day', limit: 9 },
      { window: 'concurrent', limit: 9 },
    ]

    it('closing gives back concurrent places, releasing the rest: COMMITTED, CLOSED, RELEASED, each place once', async () => {
      const list = counters('A', caps)
      const [request, other] = [ask(['A', list]), ask(['A', list])]
      const places = await rig.taken(request)
      await rig.taken(other)
      await rig.capacity().committed([request, other])
      const closed = { ...request, places, state: 'CLOSED', before: 'COMMITTED' } as const
      await rig.capacity().giveBack([closed])
      expect(await rig.used(list)).toEqual([2, 1])
      await rig.capacity().giveBack([closed])
      await rig.capacity().giveBack([{ ...closed, state: 'RELEASED', before: 'CLOSED' }])
      expect(await rig.used(list)).toEqual([1, 1])
      await rig.capacity().giveBack([{ ...closed, state: 'RELEASED', before: 'CLOSED' }, closed])
      expect(await rig.used(list)).toEqual([1, 1])
    })

    it('releasing at once gives all back, and closing afterwards nothing', async () => {
      const list = counters('A', caps)
      const request = ask(['A', list])
      const places = await rig.taken(request)
      await rig.taken(ask(['A', list]))
      await rig.capacity().committed([request])
      await rig.capacity().giveBack([{ ...request, places, state: 'RELEASED', before: 'COMMITTED' }])
      await rig.capacity().giveBack([{ ...request, places, state: 'CLOSED', before: 'COMMITTED' }])
      expect(await rig.used(list)).toEqual([1, 1])
    })

    it('a forgotten ledger is taken for what Postgres says', async () => {
      const list = counters('A', caps)
      const places = await rig.taken(ask(['A', list]))
      await rig.taken(ask(['A', list]))
      const old = { tenant, leadId: randomUUID(), attempt: 1, places }
      await rig.capacity().giveBack([{ ...old, state: 'RELEASED', before: 'CLOSED' }])
      expect(await rig.used(list)).toEqual([1, 2])
    })

    it('no cap counter falls below zero; a rotation balance may', async () => {
      const [cap] = counters('A', [{ window: 'day', limit: 9 }])
      const balance = rotationCounter(tenant, 'A', 'u', NOW_MS, 400_000)
      const request = ask(['A', [cap!, balance]])
      const places = await rig.taken(request)
      await rig.redis().set(cap!.key, 0)
      await rig.redis().set(balance.key, 100_000)
      await rig.capacity().giveBack([{ ...request, places, state: 'RELEASED', before: 'COMMITTED' }])
      expect(await rig.used([cap!, balance])).toEqual([0, -300_000])
    })

    it('releasing on Tuesday a lead of Monday leaves Tuesday alone', async () => {
      const monday = counters('A', [{ window: 'day', limit: 9 }], NOW_MS - 86_400_000)
      const tuesday = counters('A', [{ window: 'day', limit: 9 }])
      const request = ask(['A', monday])
      const places = await rig.taken(request)
      await rig.taken(ask(['A', tuesday]))
      await rig.capacity().giveBack([{ ...request, places, state: 'RELEASED', before: 'COMMITTED' }])
      expect(await rig.used([...monday, ...tuesday])).toEqual([0, 1])
    })

    it('what Postgres never knew is released only while it is reserved with these places', async () => {
      const list = counters('A', caps)
      const request = ask(['A', list])
      const places = await rig.taken(request)
      const release = { ...request, places, state: 'RELEASED', before: 'RESERVED' } as const
      await rig.capacity().giveBack([{ ...release, places: places.slice(1) }])
      expect(await rig.used(list)).toEqual([1, 1])
      await rig.capacity().giveBack([release])
      await rig.capacity().giveBack([release])
      expect(await rig.used(list)).toEqual([0, 0])
      await rig.taken(request)
      await rig.capacity().committed([request])
      await rig.capacity().giveBack([release])
      expect(await rig.used(list)).toEqual([1, 1])
    })

    it('waits while the counters are lost', async () => {
      await rig.redis().del(epochKey(tenant))
      const entry = { tenant, leadId: randomUUID(), attempt: 1, places: [] }
      await expect(rig.capacity().giveBack([{ ...entry, state: 'CLOSED', before: 'COMMITTED' }])).rejects.toThrow(
        CountersNotReady,
      )
    })
  })
}
