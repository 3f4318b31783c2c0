import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Decision } from '../../contracts/decision.ts'
import type { Delivery } from '../../contracts/delivery.ts'
import { streams } from '../../contracts/streams.ts'
import { type DeliveryBench, startDeliveryBench, tenant } from '../support/delivery-bench.ts'

const within = { timeout: 30_000, interval: 50 }
let bench: DeliveryBench

beforeAll(async () => {
  bench = await startDeliveryBench(['boston', 'austin', 'denver', 'dallas', 'miami', 'tampa', 'omaha'])
  await bench.start({ DELIVERY_PROBE_MS: '300' })
})
afterAll(() => bench?.stop())

const stateOf =
  ({ leadId }: Decision) =>
  async () =>
    (await bench.ledger(leadId))?.state
const attempts = async ({ leadId }: Decision) => {
  const sql = 'SELECT attempt, state FROM hexroute.deliveries WHERE lead_id = $1 ORDER BY attempt'
  return (await bench.pool.query<{ attempt: number; state: string }>(sql, [leadId])).rows
}
const outages = async (locationId: string) => {
  const sql =
    'SELECT code, ended_at IS NULL AS open FROM hexroute.location_outages WHERE location_id = $1 ORDER BY since'
  return (await bench.pool.query(sql, [locationId])).rows
}
const suspend = (id: string, active: boolean) => bench.simulator.call('PATCH', `/_sim/locations/${id}`, { active })
const faults = (...rules: object[]) => bench.simulator.call('PUT', '/_sim/faults', { rules })
const written = async (id: string): Promise<number> => (await bench.contacts(id)).length

async function recordsOf({ leadId }: Decision): Promise<string[]> {
  const found: string[] = []
  const { state } = await bench.nats.manager.streams.info(streams.deliveries.name)
  for (let seq = state.first_seq; seq > 0 && seq <= state.last_seq; seq += 1) {
    const record = (await bench.nats.manager.streams.getMessage(streams.deliveries.name, { seq }))?.json<Delivery>()
    if (record?.leadId === leadId) found.push(`${record.attempt} ${record.state}`)
  }
  return found.sort()
}

/** The router decides the lead again. */
async function decideAgain(first: Decision, locationId: string): Promise<Decision> {
  const again = { ...first, decisionId: crypto.randomUUID(), attempt: first.attempt + 1, locationId }
  for (const decision of [first, again]) {
    await bench.pool.query(
      `INSERT INTO hexroute.decisions (decision_id, lead_id, attempt, lead_created_at, tenant, outcome, location_id, why,
         ruleset_hash, decided_at, hash, document)
       VALUES ($1, $2, $3, $4, $5, 'assigned', $6, '', $7, $8, $9, $10) ON CONFLICT DO NOTHING`,
      [
        ...[
          decision.decisionId,
          decision.leadId,
          decision.attempt,
          decision.leadCreatedAt,
          tenant,
          decision.locationId,
        ],
        ...[decision.rulesetHash, decision.decidedAt, decision.hash, JSON.stringify(decision)],
      ],
    )
  }
  await bench.publish(again)
  return again
}

test('suspended: its leads are parked with one outage, and it is asked until it is back', async () => {
  await suspend('boston', false)
  const leads = [await bench.assign('boston'), await bench.assign('boston'), await bench.assign('boston')]
  for (const lead of leads) await expect.poll(stateOf(lead), within).toBe('parked')
  await expect.poll(() => recordsOf(leads[0]!), within).toEqual(['1 parked'])
  expect(await outages('boston')).toEqual([{ code: 'LOCATION_INACTIVE', open: true }])
  expect(await written('boston')).toBe(0)
  await suspend('boston', true)
  await expect.poll(() => outages('boston'), within).toEqual([{ code: 'LOCATION_INACTIVE', open: false }])
  const after = await bench.assign('boston')
  await expect.poll(stateOf(after), within).toBe('delivered')
  expect(await written('boston')).toBe(1)
})

test('without the app: parked, and back when the app is installed again', async () => {
  await bench.simulator.call('POST', '/_sim/uninstall', { locationId: 'austin' })
  const lead = await bench.assign('austin')
  await expect.poll(stateOf(lead), within).toBe('parked')
  expect(await outages('austin')).toEqual([{ code: 'LOCATION_NOT_INSTALLED', open: true }])
  await bench.simulator.call('POST', '/_sim/install', { locationId: 'austin' })
  await expect.poll(() => outages('austin'), within).toEqual([{ code: 'LOCATION_NOT_INSTALLED', open: false }])
})

test('suspended between contact and opportunity: parked all the same', async () => {
  await faults({ kind: 'inactive', id: 'denver', operation: 'POST /opportunities/', count: 1 })
  const lead = await bench.assign('denver')
  await expect.poll(stateOf(lead), within).toBe('parked')
  expect(await bench.ledger(lead.leadId)).toMatchObject({ contact_id: expect.any(String) })
  await expect.poll(() => outages('denver'), within).toEqual([{ code: 'LOCATION_INACTIVE', open: false }])
})

test('GHL down is no outage of a location: the lead stays, and is written when GHL is back', async () => {
  await faults({ kind: '500', id: 'dallas' })
  const lead = await bench.assign('dallas')
  await expect.poll(async () => (await bench.ledger(lead.leadId))?.error_code, within).toBe('GHL_UNAVAILABLE')
  expect(await stateOf(lead)()).toBe('started')
  expect(await outages('dallas')).toEqual([])
  await faults()
  await expect.poll(stateOf(lead), within).toBe('delivered')
  await expect.poll(() => recordsOf(lead), within).toEqual(['1 delivered'])
})

test('moved before it was written: the first location never gets it, the second at once', async () => {
  await faults({ kind: '500', id: 'miami' })
  const first = await bench.assign('miami')
  await expect.poll(async () => (await bench.ledger(first.leadId))?.error_code, within).toBe('GHL_UNAVAILABLE')
  await decideAgain(first, 'tampa')
  await expect.poll(() => written('tampa'), within).toBe(1)
  await faults()
  await expect.poll(() => recordsOf(first), within).toEqual(['1 withdrawn', '2 delivered'])
  expect(await attempts(first)).toEqual([
    { attempt: 1, state: 'withdrawn' },
    { attempt: 2, state: 'delivered' },
  ])
  expect(await written('miami')).toBe(0)
})

test('moved while it is being written: the second location waits until the first is done', async () => {
  await faults({ kind: 'latency', id: 'omaha', operation: 'POST /opportunities/', latencyMs: 3_000 })
  const first = await bench.assign('omaha')
  await expect.poll(stateOf(first), within).toBe('contact')
  await decideAgain(first, 'tampa')
  await expect.poll(() => recordsOf(first), within).toEqual(['1 delivered', '2 delivered'])
  expect(await bench.contacts('omaha')).toMatchObject([{ opportunities: [{}] }])
})
