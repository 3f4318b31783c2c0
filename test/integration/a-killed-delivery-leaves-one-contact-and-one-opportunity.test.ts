import type pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Decision } from '../../contracts/decision.ts'
import { type DeliveryBench, type DeliveryProcess, startDeliveryBench } from '../support/delivery-bench.ts'

const within = { timeout: 30_000, interval: 20 }
/** JetStream takes the lead back from the killed process after this. In the first half of it no lease is renewed: a locked row stops none. */
const env = { DELIVERY_ACK_WAIT_MS: '6000' }
/** A lead that GHL cannot tell from another by e-mail or phone. */
const unknown = { email: null, phone: null }

let bench: DeliveryBench
let delivery: DeliveryProcess

beforeAll(async () => {
  bench = await startDeliveryBench(['boston', 'austin', 'denver', 'dallas'])
  delivery = await bench.start(env)
})
afterAll(() => bench?.stop())

test.each([
  ['boston', 'with e-mail and phone', {}],
  ['austin', 'with neither', unknown],
])('killed when GHL has the contact and the ledger does not know: %s, a lead %s', async (locationId, _kind, person) => {
  await slowDown()
  const decision = await bench.assign(locationId, person)
  await expect.poll(stateOf(decision), within).toBe('started')
  const unlock = await lockLedger(decision)
  await expect.poll(async () => (await bench.truth())[locationId]?.contacts, within).toBe(1)
  await delivery.kill()
  await unlock()
  expect(await bench.ledger(decision.leadId)).toMatchObject({ state: 'started', contact_id: null })
  await deliveredOnce(decision)
})

test('killed between contact and opportunity', async () => {
  await slowDown()
  const decision = await bench.assign('denver', unknown)
  await expect.poll(stateOf(decision), within).toBe('contact')
  await delivery.kill()
  expect((await bench.truth()).denver).toMatchObject({ contacts: 1, opportunities: 0 })
  await deliveredOnce(decision)
})

test('killed when GHL has the opportunity and the ledger does not know', async () => {
  await slowDown()
  const decision = await bench.assign('dallas', unknown)
  await expect.poll(stateOf(decision), within).toBe('contact')
  const unlock = await lockLedger(decision)
  await expect.poll(async () => (await bench.truth()).dallas?.opportunities, within).toBe(1)
  await delivery.kill()
  await unlock()
  expect(await bench.ledger(decision.leadId)).toMatchObject({ state: 'contact', opportunity_id: null })
  await deliveredOnce(decision)
})

const stateOf = (decision: Decision) => async () => (await bench.ledger(decision.leadId))?.state

/** GHL answers slowly enough to step in between two calls. */
const slowDown = () => bench.simulator.call('PUT', '/_sim/faults', { latencyMs: 300 })

/** The next process takes the lead up and ends it with one of each. */
async function deliveredOnce(decision: Decision): Promise<void> {
  await bench.simulator.call('PUT', '/_sim/faults', {})
  delivery = await bench.start(env)
  await expect.poll(stateOf(decision), within).toBe('delivered')
  expect((await bench.truth())[decision.locationId!]).toMatchObject({ contacts: 1, opportunities: 1 })
}

/**
 * Holds the process exactly between GHL's answer and its own knowledge of it. The statement that waits for the lock would
 * outlive its process in Postgres and still be done: so its connection is ended first.
 */
async function lockLedger({ leadId }: Decision): Promise<() => Promise<void>> {
  const client: pg.PoolClient = await bench.pool.connect()
  await client.query('BEGIN')
  await client.query('SELECT 1 FROM hexroute.deliveries WHERE lead_id = $1 FOR UPDATE', [leadId])
  return async () => {
    await client.query(
      `SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
        WHERE application_name = 'hexroute-delivery' AND datname = current_database()`,
    )
    await client.query('COMMIT')
    client.release()
  }
}
