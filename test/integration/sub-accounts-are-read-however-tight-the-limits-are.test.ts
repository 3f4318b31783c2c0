import { afterAll, beforeAll, expect, test } from 'vitest'
import { subjects } from '../../contracts/streams.ts'
import { type DeliveryBench, startDeliveryBench, tenant } from '../support/delivery-bench.ts'

let bench: DeliveryBench

beforeAll(async () => {
  bench = await startDeliveryBench(['boston', 'austin'])
  await bench.start({ GHL_CALLS_PER_10S: '10' })
})
afterAll(() => bench?.stop())

test('readings of all sub-accounts wait for their share of the limits, longer than a lead does, and end whole', async () => {
  const body = JSON.stringify({ kind: 'sub-accounts', tenant })
  // Two calls each: more than a window has.
  for (let reading = 0; reading < 6; reading += 1) {
    const reply = await bench.nats.connection.request(subjects.deliveryRequest, body, { timeout: 50_000 })
    expect(reply.json()).toEqual({ kind: 'sub-accounts', known: 2, installed: 2 })
  }
}, 90_000)
