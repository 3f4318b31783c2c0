import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Decision } from '../../contracts/decision.ts'
import { type DeliveryBench, type DeliveryProcess, startDeliveryBench } from '../support/delivery-bench.ts'
import { until } from '../support/until.ts'
import { ownerId, setUp } from '../support/well-set-up.ts'

/** The call that is on its way when the process stops, and what it would write next when it goes on. */
const calls = {
  contact: 'GET /contacts/search/duplicate',
  opportunity: 'GET /opportunities/pipelines',
  note: 'POST /opportunities/',
}
const ids = Object.keys(calls) as (keyof typeof calls)[]
/** JetStream gives the lead to the other process after this. */
const env = { DELIVERY_ACK_WAIT_MS: '2000', GHL_CALL_TIMEOUT_MS: '60000' }
const LATENCY_MS = 3_000

let bench: DeliveryBench
let stopped: DeliveryProcess
const leads = new Map<string, Decision>()

const states = async (): Promise<string[]> => {
  const rows = await Promise.all(ids.map((id) => bench.ledger(leads.get(id)!.leadId)))
  return rows.map((row) => row?.state ?? 'none')
}
const areDelivered = (seen: string[]): boolean => seen.every((state) => state === 'delivered')
const madeBy = async () => Promise.all(ids.map((id) => bench.contacts(id)))

beforeAll(async () => {
  bench = await startDeliveryBench(ids)
  // Nothing in GHL itself stands in the way of a second one of each.
  const lax = { allowDuplicateContact: true, allowDuplicateOpportunity: true }
  await setUp(bench, Object.fromEntries(ids.map((id) => [id, lax])))
  const rules = ids.map((id) => ({
    ...{ kind: 'latency', operation: calls[id], id, count: 1, latencyMs: LATENCY_MS },
  }))
  await bench.simulator.call('PUT', '/_sim/faults', { rules })
  stopped = await bench.start(env)
  for (const id of ids) leads.set(id, await bench.assign(id, {}, { userId: ownerId }))
  const counts = async () =>
    (await bench.simulator.call('GET', '/_sim/truth')).body.operations as Record<string, number>
  // Each lead makes the calls of those before it: the slow one of each has begun.
  const isInSlow = (seen: Record<string, number>): boolean => ids.every((id, n) => seen[calls[id]] === ids.length - n)
  await until('each lead is in its slow call', LATENCY_MS, counts, isInSlow)
  stopped.pause()
  await bench.start(env)
  await until('another process ends the leads', 40_000, states, areDelivered)
})
afterAll(() => bench?.stop())

test('a process that stopped in the middle of a lead and goes on writes nothing more of it', async () => {
  const before = await madeBy()
  stopped.resume()
  const lost = () => stopped.metric('hexroute_delivery_faults_total', { code: 'LEASE_LOST' })
  await until('it finds that the leads are not its own any more', 30_000, lost, (count) => count >= ids.length)
  expect(await states()).toEqual(ids.map(() => 'delivered'))
  expect(await madeBy()).toEqual(before)
})

test.each(ids)('stopped before it wrote the %s: one of each', async (id) => {
  const contacts = await bench.contacts(id)
  expect(contacts).toHaveLength(1)
  expect(contacts[0]!.opportunities).toHaveLength(1)
  expect(contacts[0]!.notes).toHaveLength(1)
})

test('nobody has a lease on a lead that is done', async () => {
  const { rows } = await bench.pool.query('SELECT lease_id, lease_until FROM hexroute.deliveries')
  expect(rows).toEqual(ids.map(() => ({ lease_id: null, lease_until: null })))
})
