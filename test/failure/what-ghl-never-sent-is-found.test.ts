import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { DeliveryReply, ReconcileReport } from '../../contracts/delivery-request.ts'
import { subjects } from '../../contracts/streams.ts'
import { createLogger } from '../../kernel/logger.ts'
import { connectNats, type Nats } from '../../kernel/nats.ts'
import { demoTenant } from '../../local/demo/locations.ts'
import { countInFlight } from '../support/at-rest.ts'
import { loadSize } from '../support/load-size.ts'
import { type Stack, startStack } from '../support/stack.ts'
import { until } from '../support/until.ts'

const LEADS = loadSize(350, 500)
const LATER = loadSize(200, 350)

type SimulatedLead = {
  locationId: string
  intakeContactId: string
  contacts: { locationId: string; contactId: string; status: string | null }[]
}

/**
 * GHL loses webhooks and never says so. The simulator's own record says what there was; Postgres says what we know of it.
 */
describe('what GHL never sent is found', () => {
  let stack: Stack
  let pool: pg.Pool
  let nats: Nats

  beforeAll(async () => {
    stack = await startStack(
      { GHL_SIM_RATE_BURST: '2000' },
      { GHL_CALLS_PER_10S: '1900', RECONCILE_LAG_MS: '0', DELIVERY_ACK_WAIT_MS: '3000', SINK_LINGER_MS: '1000' },
    )
    pool = new pg.Pool({ connectionString: stack.databaseUrl, max: 3 })
    nats = await connectNats(stack.nats.url, 'test', createLogger('test', 'silent'))
  }, 240_000)
  afterAll(async () => {
    await nats?.connection.close()
    await pool?.end()
    await stack?.stop()
  })

  const drop = (dropWebhookShare: number, more: object = {}) =>
    stack.simulator.call('PUT', '/_sim/faults', { dropWebhookShare, ...more })
  /** Customers decide when they are told to: by the clock, a slow machine would leave few for what is dropped afterwards. */
  const send = async (count: number): Promise<void> => {
    await stack.simulator.call('POST', '/_sim/traffic', { count, ratePerS: 120, duplicateShare: 0, timeScale: 10 })
    const look = async () => (await stack.simulator.call('GET', '/_sim/traffic')).body as { done: boolean }
    await until('all webhooks sent', 120_000, look, ({ done }) => done)
  }
  const simulated = async (): Promise<SimulatedLead[]> =>
    (await stack.simulator.call('GET', '/_sim/truth?full=1')).body.leads as SimulatedLead[]
  const reconcile = async (): Promise<ReconcileReport> => {
    const ask = () =>
      nats.connection.request(subjects.deliveryRequest, JSON.stringify({ kind: 'reconcile', tenant: demoTenant }), {
        timeout: 120_000,
      })
    const reply = (await ask()).json<DeliveryReply>()
    if (reply.kind !== 'reconciled') throw new Error(JSON.stringify(reply))
    return reply.report
  }
  /** Every stage has done what it had to do: routed, delivered, and heard back. */
  const atRest = () =>
    until(
      'everything is delivered',
      // Five writes and more for each of hundreds of leads, on a machine that may be busy.
      240_000,
      async () => {
        const { rows } = await pool.query<{ open: number }>(
          `SELECT count(*)::int AS open FROM hexroute.leads l
             LEFT JOIN hexroute.deliveries d ON d.lead_id = l.lead_id AND d.attempt = l.attempt
            WHERE l.outcome = 'assigned' AND d.state IS DISTINCT FROM 'delivered'`,
        )
        const { pending } = await waitingWebhooks()
        return rows[0]!.open + pending + (await countInFlight(stack.nats.url, pool))
      },
      (open) => open === 0,
      500,
    )
  const waitingWebhooks = async (): Promise<{ pending: number }> => {
    const truth = (await stack.simulator.call('GET', '/_sim/truth')).body as { webhooks: { unacknowledged: number } }
    return { pending: truth.webhooks.unacknowledged }
  }
  /** Contacts of intake sub-accounts that we do not know, or know twice. */
  const unknown = async (): Promise<string[]> => {
    const { rows } = await pool.query<{ contact: string; leads: number; decisions: number }>(
      `SELECT l.intake_location_id || '/' || l.intake_contact_id AS contact, count(DISTINCT l.lead_id)::int AS leads,
         count(d.decision_id) FILTER (WHERE d.attempt = 1)::int AS decisions
       FROM hexroute.leads l LEFT JOIN hexroute.decisions d USING (lead_id) GROUP BY 1`,
    )
    expect(rows.filter(({ leads, decisions }) => leads !== 1 || decisions !== 1)).toEqual([])
    const known = new Set(rows.map(({ contact }) => contact))
    return (await simulated())
      .map(({ locationId, intakeContactId }) => `${locationId}/${intakeContactId}`)
      .filter((contact) => !known.has(contact))
  }
  /** Opportunities of ours whose status in GHL is another than what we believe. */
  const wrongStatuses = async (): Promise<string[]> => {
    const { rows } = await pool.query<{ key: string; status: string }>(
      `SELECT k.key, l.status FROM hexroute.lead_keys k
       JOIN hexroute.leads l ON l.lead_id = k.lead_id AND l.created_at = k.lead_created_at WHERE k.kind = 'contact'`,
    )
    const believed = new Map(rows.map(({ key, status }) => [key, status]))
    const there = (await simulated()).flatMap(({ contacts }) => contacts).filter(({ status }) => status !== null)
    expect(there.length).toBeGreaterThan(0.8 * LEADS)
    return there
      .filter(({ locationId, contactId, status }) => believed.get(`${locationId}/${contactId}`) !== status)
      .map(({ locationId, contactId, status }) => `${locationId}/${contactId} is ${status}`)
  }
  const factRows = async (): Promise<number> =>
    (await pool.query<{ count: number }>('SELECT count(*)::int AS count FROM hexroute.lead_facts')).rows[0]!.count

  it(`of ${LEADS} leads 5 % never come: after one reconcile every contact is one lead with one decision`, async () => {
    await drop(0.05)
    await send(LEADS)
    await atRest()
    const missing = await unknown()
    expect(missing.length).toBeGreaterThan(5)
    const report = await reconcile()
    expect(report).toMatchObject({ takenIn: missing.length, failed: [], missingInGhl: 0, undelivered: 0 })
    await atRest()
    expect(await unknown()).toEqual([])
    console.log(`${missing.length} of ${LEADS} leads never came and were taken in by one reconcile`)
  }, 600_000)

  it('what became of them never comes either: after one reconcile every won and lost is known', async () => {
    await drop(0.3)
    await stack.simulator.call('POST', '/_sim/settle', { timeScale: 0 })
    const truth = async () => (await stack.simulator.call('GET', '/_sim/truth')).body as { settled: boolean }
    await until('customers have decided', 120_000, truth, ({ settled }) => settled)
    await atRest()
    const wrong = await wrongStatuses()
    expect(wrong.length).toBeGreaterThan(5)
    expect(await reconcile()).toMatchObject({ takenIn: wrong.length, failed: [] })
    await atRest()
    expect(await wrongStatuses()).toEqual([])
    console.log(`${wrong.length} statuses never came and were taken in by one reconcile`)
  })

  it('a second reconcile finds nothing and changes nothing', async () => {
    const before = await factRows()
    expect(await reconcile()).toMatchObject({ takenIn: 0, failed: [] })
    expect(await factRows()).toBe(before)
  })

  it('two at once: one runs, the other is told so', async () => {
    await drop(0, { latencyMs: 300 })
    const both = await Promise.allSettled([reconcile(), reconcile()])
    await drop(0)
    expect(both.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(String((both.find(({ status }) => status === 'rejected') as PromiseRejectedResult).reason)).toContain('BUSY')
  })

  it('killed with SIGKILL in the middle and run again: every contact is one lead, none is two', async () => {
    await drop(1)
    await send(LATER)
    await atRest()
    const missing = (await unknown()).length
    expect(missing).toBe(LATER)
    await drop(0, { latencyMs: 1_500 })
    // Nobody answers it any more.
    reconcile().catch(() => null)
    const seen = await until('some are taken in', 60_000, unknown, (left) => left.length < LATER)
    expect(seen.length).toBeGreaterThan(0)
    await stack.crash('delivery')
    await drop(0)
    const left = (await unknown()).length
    expect(left).toBeGreaterThan(0)
    await reconcile()
    await atRest()
    expect(await unknown()).toEqual([])
    console.log(`killed with ${left} of ${LATER} to go: all there after the next run`)
  }, 600_000)
})
