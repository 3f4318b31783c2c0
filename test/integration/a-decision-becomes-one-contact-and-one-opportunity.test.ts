import { Value } from 'typebox/value'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Delivery } from '../../contracts/delivery.ts'
import { streams, subjects } from '../../contracts/streams.ts'
import {
  type DeliveryBench,
  type DeliveryProcess,
  decisionFor,
  startDeliveryBench,
  tenant,
} from '../support/delivery-bench.ts'

let bench: DeliveryBench
let delivery: DeliveryProcess

beforeAll(async () => {
  bench = await startDeliveryBench(['boston', 'austin', 'denver', 'inactive1'])
  delivery = await bench.start()
})
afterAll(() => bench?.stop())

const stateOf = (leadId: string) => async () => (await bench.ledger(leadId))?.state
const within = { timeout: 15_000, interval: 50 }

/** Decisions that the process has not taken, or not ended. */
async function unsettled(): Promise<number> {
  const { num_pending, num_ack_pending } = await bench.nats.manager.consumers.info(streams.decisions.name, 'delivery')
  return num_pending + num_ack_pending
}

async function deliveriesOf(leadId: string): Promise<Delivery[]> {
  const found: Delivery[] = []
  const { state } = await bench.nats.manager.streams.info(streams.deliveries.name)
  for (let seq = state.first_seq; seq > 0 && seq <= state.last_seq; seq += 1) {
    const message = await bench.nats.manager.streams.getMessage(streams.deliveries.name, { seq })
    const record = message?.json<Delivery>()
    if (record?.leadId === leadId) found.push(record)
  }
  return found
}

test('a burst finds its connections to Postgres open, before the first lead has come', async () => {
  const open = `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'hexroute-delivery'`
  const count = async () => Number((await bench.pool.query(open)).rows[0].count)
  await expect.poll(count, within).toBeGreaterThanOrEqual(8)
})

test('a decision that comes three times is one contact, one opportunity and one record', async () => {
  const decision = await bench.assign('boston', { tags: ['roof'] })
  await bench.publish(decision)
  await bench.publish(decision)
  await expect.poll(stateOf(decision.leadId), within).toBe('delivered')
  await expect.poll(unsettled, within).toBe(0)

  expect((await bench.truth()).boston).toMatchObject({ contacts: 1, opportunities: 1 })
  const records = await deliveriesOf(decision.leadId)
  expect(records).toHaveLength(1)
  const record = records[0]!
  expect([...Value.Errors(Delivery, record)]).toEqual([])
  expect(record).toMatchObject({ state: 'delivered', locationId: 'boston', regionId: 'region1', attempt: 1, tries: 1 })
  expect(await delivery.metric('hexroute_ghl_calls_total', { operation: 'create-contact', class: '2xx' })).toBe(1)
})

test('the echo of our own write is known as ours: by the lead that owns the contact, by source and by tag', async () => {
  const { leadId } = await bench.assign('austin', { tags: ['roof'] })
  const echo = (type: string) => (hook: { body: Record<string, unknown> }) =>
    hook.body.type === type && hook.body.locationId === 'austin'
  const hooks = await bench.receiver.until((received) => received.some(echo('ContactCreate')))
  const created = hooks.find(echo('ContactCreate'))!.body
  expect(created).toMatchObject({ source: `hexroute:${leadId}`, tags: ['hexroute', 'roof'] })
  // GHL's webhook may be here before delivery has written down what GHL answered.
  const owner = async () =>
    (
      await bench.pool.query(
        `SELECT lead_id FROM hexroute.lead_keys WHERE tenant = $1 AND kind = 'contact' AND key = $2`,
        [tenant, `austin/${created.id}`],
      )
    ).rows
  await expect.poll(owner, within).toEqual([{ lead_id: leadId }])
})

test('what a location knows of a returning customer is added to, not replaced', async () => {
  const person = { email: 'grace@example.com', phone: null }
  const first = await bench.assign('denver', { ...person, tags: ['vip'] })
  await expect.poll(stateOf(first.leadId), within).toBe('delivered')
  const second = await bench.assign('denver', { ...person, tags: ['roof'] })
  await expect.poll(stateOf(second.leadId), within).toBe('delivered')

  expect((await bench.truth()).denver).toMatchObject({ contacts: 1, opportunities: 1, duplicateContacts: 0 })
  const hooks = await bench.receiver.until((received) =>
    received.some(({ body }) => body.type === 'ContactTagUpdate' && body.locationId === 'denver'),
  )
  const tagged = hooks.find(({ body }) => body.type === 'ContactTagUpdate' && body.locationId === 'denver')!
  expect(tagged.body.tags).toEqual(['hexroute', 'vip', 'roof'])
  const { rows } = await bench.pool.query(`SELECT lead_id FROM hexroute.lead_keys WHERE key LIKE 'denver/%'`)
  expect(rows).toEqual([{ lead_id: second.leadId }])
})

test('what can never be delivered is in the dead letters, and said so', async () => {
  const orphan = decisionFor('boston')
  await bench.publish(orphan)
  await bench.nats.jetstream.publish(subjects.decision(tenant, 'boston', 'assigned'), 'not a decision \u0000')
  await expect.poll(stateOf(orphan.leadId), within).toBe('failed')
  await expect
    .poll(async () => (await bench.nats.manager.streams.info(streams.deadLetters.name)).state.messages, within)
    .toBe(2)
  await expect
    .poll(() => deliveriesOf(orphan.leadId), within)
    .toMatchObject([{ state: 'failed', errorCode: 'LEAD_MISSING', contactId: null, opportunityId: null }])
  const letters = await Promise.all(
    [1, 2].map((seq) => bench.nats.manager.streams.getMessage(streams.deadLetters.name, { seq })),
  )
  const bodies = letters.map((letter) => letter!.json<{ code: string; payloadBase64: string }>())
  expect(bodies.map(({ code }) => code).sort()).toEqual(['BAD_DECISION', 'LEAD_MISSING'])
  const poisoned = bodies.find(({ code }) => code === 'BAD_DECISION')!
  expect(Buffer.from(poisoned.payloadBase64, 'base64').toString()).toBe('not a decision \u0000')
})

test('the lead of an inactive location is parked, not lost, and the other locations go on', async () => {
  const parked = await bench.assign('inactive1')
  const behind = await bench.assign('inactive1')
  for (const { leadId } of [parked, behind]) await expect.poll(stateOf(leadId), within).toBe('parked')
  const other = await bench.assign('boston')
  await expect.poll(stateOf(other.leadId), within).toBe('delivered')
  await expect
    .poll(() => deliveriesOf(parked.leadId), within)
    .toMatchObject([{ state: 'parked', errorCode: 'LOCATION_INACTIVE', contactId: null }])
  const { rows } = await bench.pool.query('SELECT location_id, code, ended_at FROM hexroute.location_outages')
  expect(rows).toEqual([{ location_id: 'inactive1', code: 'LOCATION_INACTIVE', ended_at: null }])
})

test('told to stop, it ends the lead that it has begun', async () => {
  await bench.simulator.call('PUT', '/_sim/faults', { latencyMs: 1_000 })
  const { leadId } = await bench.assign('austin')
  await expect.poll(stateOf(leadId), within).toBe('contact')
  expect(await delivery.stop()).toBe(0)
  expect(await bench.ledger(leadId)).toMatchObject({ state: 'delivered' })
  expect(await deliveriesOf(leadId)).toHaveLength(1)
})
