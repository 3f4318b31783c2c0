import { afterAll, beforeAll, expect, it } from 'vitest'
import { subjects } from '../../contracts/streams.ts'
import { type DeliveryBench, startDeliveryBench, tenant } from '../support/delivery-bench.ts'

const intakes = Array.from({ length: 20 }, (_, n) => `intake${n}`)

let bench: DeliveryBench

beforeAll(async () => {
  bench = await startDeliveryBench(intakes)
  await bench.pool.query(`UPDATE hexroute.locations SET kind = 'intake'`)
})
afterAll(() => bench?.stop())

it('a comparison that waits for the limit of GHL ends with the process, which closes in order', async () => {
  const delivery = await bench.start()
  const limited = { kind: '429', operation: 'POST /contacts/search', retryAfterS: 30 }
  await bench.simulator.call('PUT', '/_sim/faults', { rules: [limited] })
  const ask = JSON.stringify({ kind: 'reconcile', tenant })
  const reply = bench.nats.connection.request(subjects.deliveryRequest, ask, { timeout: 60_000 })
  const refused = () => delivery.metric('hexroute_ghl_rate_limited_total')
  await expect.poll(refused, { timeout: 20_000, interval: 50 }).toBeGreaterThanOrEqual(4)

  const startedAt = performance.now()
  expect(await delivery.stop()).toBe(0)
  expect(performance.now() - startedAt).toBeLessThan(8_000)
  expect((await reply).json()).toMatchObject({ kind: 'refused', code: 'BUSY' })
  const { rows } = await bench.pool.query('SELECT fault FROM hexroute.reconcile_marks WHERE fault IS NOT NULL')
  expect(rows).toEqual([])
})
