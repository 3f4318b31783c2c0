import { verify } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freePort } from '../../local/ports.ts'
import { type Simulator, startSimulator } from '../support/ghl-simulator.ts'
import { type Received, type Receiver, startReceiver } from '../support/webhook-receiver.ts'

let receiver: Receiver
let simulator: Simulator
beforeAll(async () => {
  receiver = await startReceiver()
  simulator = await startSimulator({ port: await freePort(), webhookUrl: `${receiver.url}/webhooks/ghl` })
  const locations = [
    { id: 'intake', name: 'Master funnel', intake: true },
    { id: 'atlanta', name: 'Atlanta', lat: 33.749, lon: -84.388, intake: false },
  ]
  await simulator.call('PUT', '/_sim/organisation', { companyId: 'company', locations })
})
afterAll(async () => {
  await simulator?.kill('SIGTERM')
  await receiver?.close()
})

const genuine = ({ raw, headers }: Received): boolean => {
  const signature = Buffer.from(String(headers['x-ghl-signature'] ?? ''), 'base64')
  return verify(null, raw, simulator.publicKey, signature)
}
const idOf = ({ body }: Received) => body.webhookId as string
const truth = async () => (await simulator.call('GET', '/_sim/truth')).body as { webhooks: Record<string, number> }

describe('webhooks of the simulator', () => {
  test('verify over their raw bytes, all but the forged share; repeats have the same id and bytes', async () => {
    receiver.answer((request) => (genuine(request) ? 202 : 401))
    const shares = { badSignatureShare: 0.1, unknownShare: 0.1, duplicateShare: 0.25 }
    await simulator.call('POST', '/_sim/traffic', { ratePerS: 1_000, count: 300, ...shares })
    await waitFor(async () => (await simulator.call('GET', '/_sim/traffic')).body.done === true)
    const { webhooks } = await truth()
    const good = receiver.received.filter(genuine)
    const forged = receiver.received.filter((request) => !genuine(request))
    expect(forged).toHaveLength(webhooks.badSignature!)
    expect(forged.length).toBeGreaterThan(10)
    expect(new Set(good.map(idOf)).size).toBe(webhooks.accepted2xx)
    expect(good.length).toBe(webhooks.accepted2xx! + webhooks.duplicates!)
    expect(webhooks.duplicates).toBeGreaterThan(20)
    expect(webhooks.unknown).toBeGreaterThan(10)
    expect(webhooks.badSignatureAccepted).toBe(0)
    const bytes = new Map(good.map((request) => [idOf(request), request.raw]))
    for (const request of good) expect(request.raw.equals(bytes.get(idOf(request))!)).toBe(true)
    expect(good.every(({ body }) => body.appId === simulator.appId && typeof body.timestamp === 'string')).toBe(true)
  })

  test('are sent again after a 429, not before Retry-After, and after a 5xx', async () => {
    receiver.received.length = 0
    const arrivals = new Map<string, number[]>()
    receiver.answer((request) => {
      const times = arrivals.get(idOf(request)) ?? []
      arrivals.set(idOf(request), [...times, performance.now()])
      if (times.length === 0) return { status: 429, headers: { 'retry-after': '1' } }
      return times.length === 1 ? 503 : 202
    })
    await simulator.call('POST', '/_sim/traffic', { ratePerS: 100, count: 5, duplicateShare: 0 })
    await waitFor(async () => (await simulator.call('GET', '/_sim/traffic')).body.done === true)
    expect(arrivals.size).toBe(5)
    for (const times of arrivals.values()) {
      expect(times).toHaveLength(3)
      expect(times[1]! - times[0]!).toBeGreaterThan(950)
    }
  })

  test('a workflow share goes unsigned, snake_case and with the secret to its own address', async () => {
    receiver.received.length = 0
    receiver.answer(() => 202)
    const workflow = {
      workflowUrl: `${receiver.url}/webhooks/workflow/funnel`,
      workflowSecret: 'a secret of the source',
    }
    const traffic = { ratePerS: 100, count: 4, workflowShare: 1, duplicateShare: 0, ...workflow }
    await simulator.call('POST', '/_sim/traffic', traffic)
    const [first] = await receiver.until((received) => received.length === 4)
    expect(first).toMatchObject({
      path: '/webhooks/workflow/funnel',
      headers: { 'x-hexroute-secret': 'a secret of the source' },
    })
    expect(first!.headers).not.toHaveProperty('x-ghl-signature')
    expect(first!.body).toMatchObject({ contact_id: expect.any(String), tags: expect.stringContaining('funnel,') })
  })
})

async function waitFor(condition: () => Promise<boolean>, withinMs = 20_000): Promise<void> {
  await expect.poll(condition, { timeout: withinMs, interval: 50 }).toBe(true)
}
