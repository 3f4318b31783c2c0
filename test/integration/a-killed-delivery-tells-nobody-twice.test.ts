import { afterAll, beforeAll, expect, test } from 'vitest'
import { type DeliveryBench, type DeliveryProcess, startDeliveryBench, tenant } from '../support/delivery-bench.ts'
import { type MailReceiver, startMailReceiver } from '../support/mail-receiver.ts'
import { noticesOf, putChannel } from '../support/notice-channels.ts'
import { type Receiver, startReceiver } from '../support/webhook-receiver.ts'

let bench: DeliveryBench
let delivery: DeliveryProcess
let mail: MailReceiver
let chat: Receiver
let hooks: Receiver
let env: Record<string, string>

const within = { timeout: 40_000, interval: 50 }

beforeAll(async () => {
  bench = await startDeliveryBench(['boston', 'austin'])
  mail = await startMailReceiver()
  chat = await startReceiver()
  hooks = await startReceiver()
  env = { SMTP_URL: mail.url, NOTICE_ALLOW_PRIVATE: 'true', NOTICE_LEASE_MS: '4000', DELIVERY_ACK_WAIT_MS: '2000' }
  const channels = [
    { id: 'mail', kind: 'email' as const, target: 'front@boston.example.com' },
    { id: 'chat', kind: 'slack' as const, target: chat.url },
    { id: 'hook', kind: 'webhook' as const, target: hooks.url },
  ]
  for (const channel of channels)
    await putChannel(bench.pool, bench.secretKey, { ...channel, tenant, scopeId: 'boston' })
  delivery = await bench.start(env)
})
afterAll(async () => {
  await bench?.stop()
  await Promise.all([mail?.close(), chat?.close(), hooks?.close()])
})

test('killed in mid-send, a mail and a chat line are not sent again, and a webhook is, under the same id', async () => {
  for (const receiver of [chat, hooks]) receiver.answer(() => 'never')
  mail.answer('hang')
  const { leadId } = await bench.assign('boston')
  const arrived = () => [mail.mails.length, chat.received.length, hooks.received.length]
  await expect.poll(arrived, within).toEqual([1, 1, 1])
  await delivery.kill()
  const sending = (await noticesOf(bench.pool, leadId)).map(({ state }) => state)
  expect(sending).toEqual(['sending', 'sending', 'sending'])

  for (const receiver of [chat, hooks]) receiver.answer(() => 200)
  mail.answer('take')
  delivery = await bench.start(env)
  const states = async () =>
    (await noticesOf(bench.pool, leadId)).map(({ channel_id, state }) => `${channel_id} ${state}`)
  await expect.poll(states, within).toEqual(['chat unknown', 'hook sent', 'mail unknown'])
  expect(arrived()).toEqual([1, 1, 2])
  const [first, second] = hooks.received
  expect(second!.headers['webhook-id']).toBe(first!.headers['webhook-id'])
  expect(second!.body).toEqual(first!.body)
  expect(await delivery.metric('hexroute_notices_total', { result: 'unknown' })).toBe(2)
})

test('killed between planning and sending, a notice is sent once by the next process', async () => {
  await delivery.kill()
  const before = [mail.mails.length, chat.received.length]
  const { leadId } = await bench.assign('boston')
  const killedSoon = await bench.start(env)
  await expect.poll(async () => (await noticesOf(bench.pool, leadId)).length, within).toBe(3)
  await killedSoon.kill()
  delivery = await bench.start(env)
  const isSettled = async () =>
    (await noticesOf(bench.pool, leadId)).every(({ state }) => state === 'sent' || state === 'unknown')
  await expect.poll(isSettled, within).toBe(true)
  const sent = [mail.mails.length, chat.received.length].map((count, i) => count - before[i]!)
  expect(sent.every((count) => count <= 1)).toBe(true)
})
