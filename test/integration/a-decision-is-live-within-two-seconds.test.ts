import { afterAll, beforeAll, expect, test } from 'vitest'
import { type AnalyticsApi, readLive, startAnalyticsApi } from '../support/analytics-api.ts'
import { leadId, makeDecision } from '../support/analytics-messages.ts'
import { type AnalyticsRig, startAnalyticsRig } from '../support/analytics-rig.ts'
import { until } from '../support/until.ts'

let rig: AnalyticsRig
let api: AnalyticsApi
beforeAll(async () => {
  rig = await startAnalyticsRig()
  api = await startAnalyticsApi(rig)
})
afterAll(async () => {
  await api?.stop()
  await rig?.stop()
})

test('a listener gets the recent decisions, then each new one once, and after a break only what he missed', async () => {
  rig.sink()
  const url = `${api.url}/v1/live?token=${await rig.key({ role: 'widget' })}`
  const isLead = (n: number) => (event: { value: Record<string, unknown> }) => event.value.leadId === leadId(n)
  const leadsOf = (events: { event: string; value: Record<string, unknown> }[]) =>
    events.filter(({ event }) => event === 'decision').map(({ value }) => value.leadId)

  await rig.publish('decision', [makeDecision(1, Date.now())])
  const first = await readLive(url, {}, isLead(1))
  expect(first[0]!.event).toBe('conversion')
  expect(first.at(-1)!.value).toMatchObject({ outcome: 'assigned', locationName: 'North One', tier: 'exclusive' })

  await untilListening(0)
  const listening = readLive(url, {}, isLead(2))
  await untilListening(1)
  const sentMs = Date.now()
  await rig.publish('decision', [makeDecision(2, Date.now())])
  expect(leadsOf(await listening)).toEqual([leadId(1), leadId(2)])
  expect(Date.now() - sentMs).toBeLessThan(2_000)

  await rig.publish('decision', [makeDecision(3, Date.now())])
  const resumed = await readLive(url, { 'last-event-id': first.at(-1)!.id! }, isLead(3))
  expect(leadsOf(resumed)).toEqual([leadId(2), leadId(3)])
})

test('more listeners than there is room for are told to come back', async () => {
  const url = `${api.url}/v1/live?token=${await rig.key({ role: 'widget' })}`
  await untilListening(0)
  const abort = new AbortController()
  const open = await Promise.all([1, 2, 3].map(() => fetch(url, { signal: abort.signal })))
  expect(open.map(({ status }) => status)).toEqual([200, 200, 200])
  const refused = await fetch(url)
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '10'])
  abort.abort()
  await untilListening(0)
})

test('who gives up while his key is looked up is no listener', async () => {
  await untilListening(0)
  for (let n = 0; n < 30; n += 1) {
    const url = `${api.url}/v1/live?token=${await rig.key({ role: 'widget' })}`
    const abort = new AbortController()
    const asked = fetch(url, { signal: abort.signal }).catch(() => null)
    setTimeout(() => abort.abort(), n % 10)
    await asked
  }
  await untilListening(0)
})

test('decisions=false: the figures alone', async () => {
  const url = `${api.url}/v1/live?decisions=false&token=${await rig.key({ role: 'widget' })}`
  await rig.publish('decision', [makeDecision(4, Date.now())])
  const isFour = ({ value }: { value: Record<string, unknown> }) => (value.total as { leads: number }).leads === 4
  expect((await readLive(url, {}, isFour)).map(({ event }) => event)).not.toContain('decision')
})

/** Who stops reading has left when the server has noticed it. */
const untilListening = (wanted: number) => until(`${wanted} listen`, 15_000, listeners, (count) => count === wanted)

async function listeners(): Promise<number> {
  const text = await (await fetch(`${api.url}/metrics`)).text()
  return Number(/^hexroute_live_clients\{.*\} (\d+)$/m.exec(text)?.[1] ?? 0)
}
