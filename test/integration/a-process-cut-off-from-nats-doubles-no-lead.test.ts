import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Decision } from '../../contracts/decision.ts'
import { streams } from '../../contracts/streams.ts'
import { type CuttableProxy, startCuttableProxy } from '../support/cuttable-proxy.ts'
import { type DeliveryBench, startDeliveryBench } from '../support/delivery-bench.ts'
import { until } from '../support/until.ts'
import { ownerId, setUp } from '../support/well-set-up.ts'

/** The call that is on its way when NATS is cut off: it goes on, and so does what follows it. */
const calls = { contact: 'GET /contacts/search/duplicate', opportunity: 'GET /opportunities/pipelines' }
const ids = Object.keys(calls) as (keyof typeof calls)[]
const env = { DELIVERY_ACK_WAIT_MS: '2000', GHL_CALL_TIMEOUT_MS: '60000' }
/** Longer than JetStream waits until it gives the lead to another. */
const LATENCY_MS = 6_000

let bench: DeliveryBench
let proxy: CuttableProxy
const leads: Decision[] = []

beforeAll(async () => {
  bench = await startDeliveryBench(ids)
  proxy = await startCuttableProxy(bench.natsUrl)
  // Nothing in GHL itself stands in the way of a second one of each.
  const lax = { allowDuplicateContact: true, allowDuplicateOpportunity: true }
  await setUp(bench, Object.fromEntries(ids.map((id) => [id, lax])))
  const rules = ids.map((id) => ({
    ...{ kind: 'latency', operation: calls[id], id, count: 1, latencyMs: LATENCY_MS },
  }))
  await bench.simulator.call('PUT', '/_sim/faults', { rules })
  await bench.start({ ...env, NATS_URL: proxy.address })
  for (const id of ids) leads.push(await bench.assign(id, {}, { userId: ownerId }))
  const counts = async () =>
    (await bench.simulator.call('GET', '/_sim/truth')).body.operations as Record<string, number>
  await until('each lead is in its slow call', LATENCY_MS, counts, (seen) =>
    ids.every((id, n) => seen[calls[id]] === ids.length - n),
  )
  proxy.cut()
  await bench.start(env)
})
afterAll(async () => {
  await bench?.stop()
  await proxy?.close()
})

test('JetStream gives its leads to another process, and each is one contact and one opportunity', async () => {
  await until('the other process has acknowledged them', 40_000, unacknowledged, (count) => count === 0)
  expect(await states()).toEqual(['delivered', 'delivered'])
  await expectOneOfEach()
})

test('connected again it writes nothing more of them', async () => {
  proxy.heal()
  const next = await bench.assign(ids[0]!, {}, { userId: ownerId })
  await until(
    'a lead after it',
    30_000,
    async () => (await bench.ledger(next.leadId))?.state,
    (state) => state === 'delivered',
  )
  await until('nothing is under way', 30_000, unacknowledged, (count) => count === 0)
  expect((await bench.contacts(ids[0]!)).map(({ opportunities }) => opportunities.length)).toEqual([1, 1])
  const [contact] = await bench.contacts(ids[1]!)
  expect([contact!.opportunities.length, contact!.notes.length]).toEqual([1, 1])
})

const states = async (): Promise<(string | undefined)[]> =>
  Promise.all(leads.map(async ({ leadId }) => (await bench.ledger(leadId))?.state))

async function expectOneOfEach(): Promise<void> {
  for (const id of ids) {
    const contacts = await bench.contacts(id)
    expect(contacts.map(({ opportunities, notes }) => [opportunities.length, notes.length])).toEqual([[1, 1]])
  }
}

/** Leads that the stream has given out or still holds for delivery. */
async function unacknowledged(): Promise<number> {
  const info = await bench.nats.manager.consumers.info(streams.decisions.name, 'delivery')
  return info.num_ack_pending + info.num_pending
}
