import { afterEach, expect, test } from 'vitest'
import { type DeliveryBench, startDeliveryBench } from '../support/delivery-bench.ts'

const within = { timeout: 50_000, interval: 100 }

let bench: DeliveryBench
afterEach(() => bench?.stop())

const opportunities = (locationId: string) => async () => (await bench.truth())[locationId]?.opportunities

async function assignMany(locationId: string, count: number): Promise<void> {
  for (let number = 0; number < count; number += 1) await bench.assign(locationId)
}

test('429 on one location delays only that one, and nothing of it is lost', async () => {
  bench = await startDeliveryBench(['busy', 'quiet'])
  const delivery = await bench.start()
  // Somebody else has used up the location's limit: 429 comes though we kept to ours.
  await bench.simulator.call('PUT', '/_sim/faults', { rules: [{ kind: '429', id: 'busy', count: 1, retryAfterS: 8 }] })
  await assignMany('busy', 10)
  await expect.poll(() => delivery.metric('hexroute_ghl_rate_limited_total'), within).toBeGreaterThan(0)

  const beganMs = Date.now()
  await assignMany('quiet', 5)
  await expect.poll(opportunities('quiet'), { timeout: 8_000, interval: 20 }).toBe(5)
  const quietMs = Date.now() - beganMs
  expect((await bench.truth()).busy?.opportunities).toBeLessThan(10)
  expect(quietMs).toBeLessThan(5_000)

  await expect.poll(opportunities('busy'), within).toBe(10)
  expect((await bench.truth()).busy).toMatchObject({ contacts: 10, duplicateContacts: 0 })
})

test('a burst on one location is sent at the limit, without a single 429, and the others pass it', async () => {
  bench = await startDeliveryBench(['busy', 'quiet'])
  const delivery = await bench.start()
  await assignMany('busy', 50)
  await assignMany('quiet', 5)
  await expect.poll(opportunities('quiet'), { timeout: 8_000, interval: 20 }).toBe(5)
  expect((await bench.truth()).busy?.opportunities).toBeLessThan(50)
  await expect.poll(opportunities('busy'), within).toBe(50)
  expect(await delivery.metric('hexroute_ghl_rate_limited_total')).toBe(0)
})

test('Redis gone and come back empty: leads go on, and what is left of the limit shows', async () => {
  bench = await startDeliveryBench(['busy'])
  const delivery = await bench.start()
  await bench.assign('busy')
  await expect.poll(opportunities('busy'), within).toBe(1)
  const left = () => delivery.metric('hexroute_ghl_budget_left', { kind: 'location', id: 'busy', span: '10s' })
  await expect.poll(left, within).toBeGreaterThan(0)
  expect(await left()).toBeLessThan(95)

  await bench.redis.kill()
  await assignMany('busy', 3)
  await expect.poll(opportunities('busy'), within).toBe(4)
  expect(await delivery.metric('hexroute_ghl_limits_alone_total')).toBeGreaterThan(0)

  await bench.redis.restart()
  await assignMany('busy', 3)
  await expect.poll(opportunities('busy'), within).toBe(7)
  expect(await delivery.metric('hexroute_ghl_rate_limited_total')).toBe(0)
})
