import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Decision } from '../../contracts/decision.ts'
import type { Delivery } from '../../contracts/delivery.ts'
import { subjects } from '../../contracts/streams.ts'
import { type DeliveryBench, type DeliveryProcess, startDeliveryBench, tenant } from '../support/delivery-bench.ts'
import { type MailReceiver, startMailReceiver } from '../support/mail-receiver.ts'
import { noticesOf, putChannel, signingSecret } from '../support/notice-channels.ts'
import { type Receiver, startReceiver } from '../support/webhook-receiver.ts'

let bench: DeliveryBench
let delivery: DeliveryProcess
let mail: MailReceiver
let chat: Receiver
let hooks: Receiver

const within = { timeout: 30_000, interval: 50 }
const channel = (id: string, change: Partial<Parameters<typeof putChannel>[2]>) =>
  putChannel(bench.pool, bench.secretKey, { id, tenant, scopeId: 'boston', kind: 'email', ...change })

beforeAll(async () => {
  bench = await startDeliveryBench(['boston', 'austin', 'denver', 'dallas'])
  mail = await startMailReceiver()
  chat = await startReceiver()
  hooks = await startReceiver()
  const users = [{ id: 'user1', name: 'Grace', email: 'grace@boston.example.com' }]
  await bench.simulator.call('PATCH', '/_sim/locations/boston', { users })
  await bench.pool.query(
    `INSERT INTO hexroute.users (tenant, id, location_id, name) VALUES ($1, 'user1', 'boston', 'Grace')`,
    [tenant],
  )
  await channel('mail', { target: 'front@boston.example.com' })
  await channel('chat', { kind: 'slack', target: chat.url })
  await channel('hook', { kind: 'webhook', target: `${hooks.url}/boston` })
  await channel('user', { kind: 'assigned-user' })
  await channel('comment', { kind: 'ghl-message' })
  await channel('hq', {
    scope: 'agency',
    scopeId: tenant,
    target: 'hq@example.com',
    events: ['lead.assigned', 'lead.failed'],
  })
  await channel('hq-hook', {
    scope: 'agency',
    scopeId: tenant,
    kind: 'webhook',
    target: `${hooks.url}/hq`,
    events: [
      'lead.assigned',
      'lead.taken-away',
      'lead.unrouted',
      'lead.offered',
      'location.out',
      'agency.disconnected',
    ],
  })
  await channel('austin-mail', { scopeId: 'austin', target: 'front@austin.example.com', events: ['lead.taken-away'] })
  await channel('dallas-pond', { scopeId: 'dallas', target: 'front@dallas.example.com', events: ['lead.offered'] })
  delivery = await bench.start({
    SMTP_URL: mail.url,
    SMTP_FROM: 'hexroute <leads@hq.example.com>',
    NOTICE_ALLOW_PRIVATE: 'true',
  })
})
afterAll(async () => {
  await bench?.stop()
  await Promise.all([mail?.close(), chat?.close(), hooks?.close()])
})

const statesOf = (leadId: string) => async () =>
  (await noticesOf(bench.pool, leadId)).map(({ channel_id, state }) => `${channel_id} ${state}`)
const mailTo = (address: string) => mail.mails.filter(({ to }) => to.includes(address))
const hook = (path: string) => hooks.received.filter((one) => one.path === path)

test('a new lead is told by every channel of its location, once though its decision comes three times', async () => {
  const person = { firstName: 'Ada', lastName: 'Byron', email: 'ada@example.com', phone: '+16175551234' }
  const decision = await bench.assign('boston', person, { userId: 'user1' })
  await bench.publish(decision)
  await bench.publish(decision)
  const all = ['chat sent', 'comment sent', 'hook sent', 'hq sent', 'hq-hook sent', 'mail sent', 'user sent']
  await expect.poll(statesOf(decision.leadId), within).toEqual(all)
  expect(
    [mailTo('front@boston.example.com'), mailTo('grace@boston.example.com'), chat.received, hook('/boston')].map(
      ({ length }) => length,
    ),
  ).toEqual([1, 1, 1, 1])

  const { contact_id } = (await bench.ledger(decision.leadId))!
  const link = `https://app.gohighlevel.com/v2/location/boston/contacts/detail/${contact_id}`
  const letter = mailTo('front@boston.example.com')[0]!
  expect(letter.header('Subject')).toBe('New lead for boston, Grace: A. B.')
  expect(letter.header('From')).toContain('leads@hq.example.com')
  for (const part of ['Ada Byron', 'ada@example.com', '+16175551234', link, decision.why])
    expect(letter.text).toContain(part)
  expect(chat.received[0]!.body.text).toContain('+16175551234')
  expect(await delivery.metric('hexroute_notices_total', { kind: 'email', result: 'sent' })).toBe(2)

  const { body } = await bench.simulator.call('GET', '/_sim/contacts?locationId=boston')
  expect(JSON.stringify(body)).toContain('New lead for boston, Grace')
})

test('headquarters is told that there is a lead, and not whose', async () => {
  const letter = mailTo('hq@example.com')[0]!
  expect(letter.header('Subject')).toBe('New lead for boston, Grace: A. B.')
  expect(letter.raw).not.toMatch(/Ada|Byron|ada@example|5551234/)
  expect(JSON.stringify(hook('/hq')[0]!.body)).not.toMatch(/Ada|Byron|ada@example|5551234/)
})

test('an outgoing webhook is signed as the Standard Webhooks library checks it, over the bytes as they came', () => {
  const [{ raw, headers, body }] = hook('/boston') as [Receiver['received'][number]]
  const verifier = new Webhook(signingSecret)
  expect(verifier.verify(raw, headers as Record<string, string>)).toEqual(body)
  expect(body).toMatchObject({ type: 'lead.assigned', data: { locationId: 'boston', person: { name: 'Ada Byron' } } })
  const { data } = body as { data: { noticeId: string } }
  expect(headers['webhook-id']).toBe(data.noticeId)
  const altered = Buffer.from(raw.toString().replace('boston', 'austin'))
  expect(() => verifier.verify(altered, headers as Record<string, string>)).toThrow(/signature/)
})

test('who loses a lead is told without the person, and who gets it with', async () => {
  const first = await bench.assign('austin', { firstName: 'Ada', lastName: 'Byron' })
  await expect.poll(async () => (await bench.ledger(first.leadId))?.state, within).toBe('delivered')
  await storeDecision(first)
  const request = { ...first.request, kind: 'sla' as const, previousLocationIds: ['austin'] }
  await bench.publish({ ...first, attempt: 2, locationId: null, outcome: 'hq', request }, 'hq')
  await expect.poll(() => mailTo('front@austin.example.com').length, within).toBe(1)
  const [letter] = mailTo('front@austin.example.com')
  expect(letter!.header('Subject')).toBe('austin no longer has the lead A. B.: no location has it at present.')
  expect(letter!.raw).not.toMatch(/Byron/)
  await expect
    .poll(() => hook('/hq').map(({ body }) => body.type), within)
    .toEqual(expect.arrayContaining(['lead.taken-away', 'lead.unrouted']))
})

test('a lead in the pond is offered to its locations, without the person', async () => {
  const until = '2026-12-01T15:00:00.000Z'
  const offer = { locationId: null, regionId: null, outcome: 'pond' as const, offeredTo: ['dallas', 'denver'], until }
  const decision = await bench.assign('denver', { firstName: 'Ada', lastName: 'Byron' }, { flags: ['test-lead'] })
  const { leadId } = decision
  await bench.publish({ ...decision, ...offer, flags: [], attempt: 2 }, 'pond')
  await expect.poll(() => mailTo('front@dallas.example.com').length, within).toBe(1)
  const [letter] = mailTo('front@dallas.example.com')
  expect(letter!.text).toContain('Claim until: 2026-12-01 10:00 EST')
  expect(letter!.raw).not.toMatch(/Byron/)
  await expect.poll(statesOf(leadId), within).toEqual(['dallas-pond sent', 'hq-hook sent'])
})

test('a test lead is nobody’s news; a silent one is, with the warning', async () => {
  const before = mail.mails.length
  const practice = await bench.assign('boston', {}, { flags: ['test-lead'] })
  const silent = await bench.assign('boston', {}, { silent: true })
  await expect
    .poll(async () => (await statesOf(silent.leadId)()).filter((line) => line === 'mail sent'), within)
    .toHaveLength(1)
  await expect.poll(async () => (await bench.ledger(practice.leadId))?.state, within).toBe('delivered')
  expect(await noticesOf(bench.pool, practice.leadId)).toEqual([])
  const letters = mailTo('front@boston.example.com').slice(-1)
  expect(letters[0]!.text).toContain('Mind: no automatic messages to this person')
  expect(mail.mails.length).toBeGreaterThan(before)
})

test('a sub-account that is out is told once', async () => {
  await bench.pool.query(
    `INSERT INTO hexroute.location_outages (location_id, tenant, code, since) VALUES ('denver', $1, 'LOCATION_INACTIVE', now())`,
    [tenant],
  )
  const news = () => hook('/hq').filter(({ body }) => body.type === 'location.out')
  await expect.poll(() => news().length, within).toBe(1)
  expect(news()[0]!.body).toMatchObject({ data: { locationId: 'denver', code: 'LOCATION_INACTIVE', leadId: null } })
})

test('a lead that cannot be written to GHL is told with its code', async () => {
  const decision = await bench.assign('boston', { firstName: 'Ada', lastName: 'Byron' })
  await storeDecision(decision)
  const { leadId, attempt, leadCreatedAt, decidedAt, regionId } = decision
  const failed: Delivery = {
    ...{ leadId, attempt, leadCreatedAt, decidedAt, regionId, tenant, locationId: 'boston', state: 'failed', tries: 1 },
    ...{ deliveryId: leadId, contactId: null, opportunityId: null, errorCode: 'GHL_REFUSED', deliveredAt: decidedAt },
  }
  await bench.nats.jetstream.publish(subjects.delivery(tenant, 'boston', 'failed'), JSON.stringify(failed))
  const news = () => mailTo('hq@example.com').filter((one) => one.header('Subject').includes('could not be written'))
  await expect.poll(() => news().length, within).toBe(1)
  expect(news()[0]!.header('Subject')).toBe(
    'The lead A. B. of boston could not be written to GoHighLevel (GHL_REFUSED).',
  )
})

test('a test message goes by one channel, and what came of it is answered', async () => {
  const ask = async (channelId: string) => {
    const request = { kind: 'test-notice', tenant, channelId }
    return (
      await bench.nats.connection.request(subjects.deliveryRequest, JSON.stringify(request), { timeout: 20_000 })
    ).json()
  }
  const before = chat.received.length
  expect(await ask('chat')).toEqual({ kind: 'sent', detail: 'The slack channel took a test message.' })
  expect(chat.received.slice(before).map(({ body }) => body.text)).toEqual([expect.stringMatching(/^This is a test/)])
  expect(await ask('nowhere')).toMatchObject({ kind: 'refused', code: 'NO_SUCH_CHANNEL' })
  hooks.answer(() => 500)
  expect(await ask('hook')).toMatchObject({ kind: 'refused', code: 'NOT_SENT', message: expect.stringMatching(/500/) })
  hooks.answer(() => 200)
})

test('an agency that lost its connection is told once', async () => {
  await bench.pool.query(
    "UPDATE hexroute.ghl_companies SET disconnected_at = now(), fault = 'UNINSTALLED' WHERE tenant = $1",
    [tenant],
  )
  const news = () => hook('/hq').filter(({ body }) => body.type === 'agency.disconnected')
  await expect.poll(() => news().length, within).toBe(1)
  expect(news()[0]!.body).toMatchObject({ data: { code: 'UNINSTALLED', locationId: null } })
})

async function storeDecision(decision: Decision): Promise<void> {
  const { decisionId, leadId, attempt, leadCreatedAt, locationId } = decision
  await bench.pool.query(
    `INSERT INTO hexroute.decisions (decision_id, lead_id, attempt, lead_created_at, tenant, outcome, location_id, region_id,
       why, ruleset_hash, decided_at, hash, document)
     VALUES ($1, $2, $3, $4, $5, 'assigned', $6, 'region1', 'why', 'h', now(), 'h', $7)`,
    [decisionId, leadId, attempt, leadCreatedAt, tenant, locationId, JSON.stringify(decision)],
  )
}
