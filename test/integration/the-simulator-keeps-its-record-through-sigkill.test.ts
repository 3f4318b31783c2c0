import { afterAll, beforeAll, expect, test } from 'vitest'
import { freePort } from '../../local/ports.ts'
import { type Simulator, startSimulator } from '../support/ghl-simulator.ts'
import { type Received, type Receiver, startReceiver } from '../support/webhook-receiver.ts'

const rates = { reply: 1, book: 1, win: 0.5, lose: 0.5 }

let receiver: Receiver
let simulator: Simulator
beforeAll(async () => {
  receiver = await startReceiver()
  simulator = await startSimulator({ port: await freePort(), webhookUrl: receiver.url })
  const locations = [
    { id: 'intake', name: 'Master funnel', intake: true },
    { id: 'atlanta', name: 'Atlanta', lat: 33.749, lon: -84.388, intake: false, rates },
  ]
  await simulator.call('PUT', '/_sim/organisation', { companyId: 'company', locations })
})
afterAll(async () => {
  await simulator?.kill('SIGTERM')
  await receiver?.close()
})

/** Different ones: what is refused comes more than once. */
const areTwenty = (received: Received[]): boolean => new Set(received.map(({ body }) => body.webhookId)).size === 20

type Truth = {
  settled: boolean
  leads: { email: string; phone: string; accepted: boolean }[]
  perLocation: Record<string, number>[]
  webhooks: Record<string, number> & { acceptedIds: { webhookId: string }[] }
}
const truth = async () => (await simulator.call('GET', '/_sim/truth?full=1')).body as Truth

async function tokens(refreshToken: string): Promise<{ next: string; headers: Record<string, string> }> {
  const client = { client_id: `${simulator.appId}-test`, client_secret: 'test-client-secret' }
  const form = new URLSearchParams({ ...client, grant_type: 'refresh_token', refresh_token: refreshToken })
  const company = await simulator.call('POST', '/oauth/token', form)
  const authorization = `Bearer ${company.body.access_token}`
  const ids = new URLSearchParams({ companyId: 'company', locationId: 'atlanta' })
  const location = await simulator.call('POST', '/oauth/locationToken', ids, { authorization })
  const headers = { authorization: `Bearer ${location.body.access_token}` }
  return { next: company.body.refresh_token as string, headers }
}

test('what was answered or acknowledged before SIGKILL stands after it, and all that was open is played out', async () => {
  await simulator.call('POST', '/_sim/traffic', { ratePerS: 500, count: 200, duplicateShare: 0, timeScale: 10 })
  await expect
    .poll(async () => (await simulator.call('GET', '/_sim/traffic')).body.done, { timeout: 45_000 })
    .toBe(true)
  const { next, headers } = await tokens('first-refresh-token')
  const pipelines = await simulator.call('GET', '/opportunities/pipelines?locationId=atlanta', undefined, headers)
  const pipelineId = (pipelines.body.pipelines as { id: string }[])[0]!.id
  for (const { email, phone } of (await truth()).leads.slice(0, 40)) {
    const upserted = await simulator.call('POST', '/contacts/upsert', { locationId: 'atlanta', email, phone }, headers)
    const contactId = (upserted.body.contact as { id: string }).id
    const job = { locationId: 'atlanta', contactId, pipelineId, name: 'Job', status: 'open' }
    expect((await simulator.call('POST', '/opportunities/', job, headers)).status).toBe(201)
  }
  await expect.poll(async () => (await truth()).webhooks.unacknowledged, { timeout: 45_000 }).toBe(0)
  const before = await truth()
  expect(before.perLocation[0]).toMatchObject({ contacts: 40, opportunities: 40, won: 0 })

  await simulator.kill('SIGKILL')
  await simulator.restart()

  const after = await truth()
  expect(after.leads).toEqual(before.leads)
  expect(after.perLocation).toEqual(before.perLocation)
  expect(after.webhooks.acceptedIds.length).toBe(before.webhooks.acceptedIds.length)
  const stillGood = await simulator.call('GET', '/opportunities/pipelines?locationId=atlanta', undefined, headers)
  expect(stillGood.status).toBe(200)
  expect((await tokens(next)).headers.authorization).toContain('Bearer ey')

  await simulator.call('POST', '/_sim/settle', { timeScale: 0 })
  await expect.poll(async () => (await truth()).settled, { timeout: 45_000 }).toBe(true)
  const [atlanta] = (await truth()).perLocation
  expect(atlanta!.won! + atlanta!.lost!).toBe(40)
  expect(atlanta!.won).toBeGreaterThan(8)
  expect(atlanta!.value).toBeGreaterThan(400 * atlanta!.won!)
})

test('a webhook that nobody acknowledged before SIGKILL comes again after it with the same id and bytes', async () => {
  receiver.received.length = 0
  receiver.answer(() => 503)
  await simulator.call('POST', '/_sim/traffic', { ratePerS: 500, count: 20, duplicateShare: 0 })
  await receiver.until(areTwenty, 40_000)
  await simulator.kill('SIGKILL')
  const refused = new Map(receiver.received.map(({ body, raw }) => [body.webhookId, raw.toString()]))
  receiver.received.length = 0
  receiver.answer(() => 202)
  await simulator.restart()
  await receiver.until(areTwenty, 40_000)
  const sent = new Map(receiver.received.map(({ body, raw }) => [body.webhookId, raw.toString()]))
  expect(sent).toEqual(refused)
})
