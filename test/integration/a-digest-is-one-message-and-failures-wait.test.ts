import { randomBytes, randomUUID } from 'node:crypto'
import pg from 'pg'
import { pino } from 'pino'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createNoticeMetrics } from '../../delivery/notices/notice-metrics.ts'
import { type SendTakenDeps, sendTaken } from '../../delivery/notices/send-taken.ts'
import type { NoticeSubject, PlannedNotice } from '../../delivery/notices/steps/notice.ts'
import { createChannelReader } from '../../delivery/notices/stores/channel-reader.ts'
import { createFactReader } from '../../delivery/notices/stores/fact-reader.ts'
import { createNoticeStore } from '../../delivery/notices/stores/notice-store.ts'
import { createPostJson } from '../../delivery/notices/stores/post-json.ts'
import { createSendEmail } from '../../delivery/notices/stores/send-email.ts'
import { createMetrics } from '../../kernel/metrics.ts'
import { unseal } from '../../kernel/sealed.ts'
import { createTestDatabase, type TestDatabase } from '../support/backends.ts'
import { type MailReceiver, startMailReceiver } from '../support/mail-receiver.ts'
import { noticesOf, putChannel } from '../support/notice-channels.ts'
import { plannedNotice } from '../support/planned-notice.ts'
import { type Receiver, startReceiver } from '../support/webhook-receiver.ts'

const MINUTE_MS = 60_000
const LEASE_MS = 90_000
const tenant = 'agency1'
const secretKey = randomBytes(32).toString('base64')

let database: TestDatabase
let pool: pg.Pool
let hooks: Receiver
let mail: MailReceiver
let deps: SendTakenDeps
let now = Date.parse('2026-06-01T12:00:00Z')
let channelId = ''

beforeAll(async () => {
  database = await createTestDatabase()
  pool = new pg.Pool({ connectionString: database.url, max: 10 })
  hooks = await startReceiver()
  mail = await startMailReceiver()
  await pool.query("INSERT INTO hexroute.agencies (id, name) VALUES ($1, 'Acme')", [tenant])
  deps = {
    postJson: createPostJson({ timeoutMs: 5_000, allowPrivate: true }),
    sendEmail: createSendEmail({ smtpUrl: mail.url, from: 'leads@hq.example.com', timeoutMs: 5_000 }),
    people: {
      emailOf: async (_tenant, _location, user) => `${user}@example.com`,
      comment: async () => ({ kind: 'sent' }),
    },
    unseal: (sealed) => unseal(secretKey, sealed),
    channels: createChannelReader(pool),
    facts: createFactReader(pool),
    notices: createNoticeStore(pool),
    metrics: createNoticeMetrics(createMetrics('test')),
    ghlWebUrl: 'https://app.example.com',
    ...{ sendMsMax: 30_000, clock: () => now, log: pino({ level: 'silent' }) },
  }
})
beforeEach(async () => {
  await pool.query('TRUNCATE hexroute.notices')
  hooks.received.length = 0
  mail.mails.length = 0
  mail.answer('take')
  channelId = randomUUID()
})
afterAll(async () => {
  await Promise.all([hooks?.close(), mail?.close(), pool?.end()])
  await database?.drop()
})

const channel = (change: Partial<Parameters<typeof putChannel>[2]> = {}) =>
  putChannel(pool, secretKey, {
    ...{ id: channelId, tenant, scopeId: 'boston', kind: 'webhook', target: hooks.url },
    ...change,
  })

const noticeOf = (change: Partial<NoticeSubject> = {}, more: Partial<PlannedNotice> = {}): PlannedNotice =>
  plannedNotice({ tenant, channelId, nowMs: now }, change, more)

const planMany = (length: number, more: Partial<PlannedNotice> = {}) =>
  deps.notices.plan(
    Array.from({ length }, () => noticeOf({}, more)),
    now,
  )

/** Sends until nothing is due. @returns how many messages that were */
async function sendAll(by = deps): Promise<number> {
  for (let messages = 0; ; messages += 1) {
    const taken = await by.notices.take(now, LEASE_MS)
    if (taken.length === 0) return messages
    await sendTaken(by, taken)
  }
}
const stateOf = async ({ subject }: PlannedNotice) => (await noticesOf(pool, subject.leadId!))[0]

test('a digest is one message, however many senders reach for it at once', async () => {
  await channel({ digestMinutes: 15 })
  const senders = Array.from({ length: 8 })
  // Connections that are open already, so that the senders meet.
  await Promise.all(senders.map(() => pool.query('SELECT pg_sleep(0.1)')))
  for (let round = 1; round <= 5; round += 1) {
    await planMany(150, { isGrouped: true })
    const taken = await Promise.all(senders.map(() => deps.notices.take(now, LEASE_MS)))
    expect(taken.map(({ length }) => length).filter((length) => length > 0)).toEqual([150])
    await sendTaken(deps, taken.flat())
    expect(hooks.received).toHaveLength(round)
  }
  const { type, data } = hooks.received[0]!.body as { type: string; data: { notices: unknown[] } }
  expect([type, data.notices.length]).toEqual(['notice.digest', 150])
})

test('notices that are not to be grouped leave one by one, four of a channel at once at most', async () => {
  await channel()
  await planMany(10)
  const first = []
  for (let i = 0; i < 10; i += 1) first.push(await deps.notices.take(now, LEASE_MS))
  expect(first.filter(({ length }) => length === 1)).toHaveLength(4)
  for (const taken of first.filter(({ length }) => length > 0)) await sendTaken(deps, taken)
  expect(await sendAll()).toBe(6)
  expect(new Set(hooks.received.map(({ headers }) => headers['webhook-id'])).size).toBe(10)
})

test('planning the same again adds nothing', async () => {
  await channel()
  const notice = noticeOf()
  expect([await deps.notices.plan([notice, noticeOf()], now), await deps.notices.plan([notice], now)]).toEqual([2, 0])
})

test('a target that fails is asked again after 1, 2, 4 ... 512 minutes under one id, then no more', async () => {
  await channel()
  hooks.answer(() => 500)
  const tried = noticeOf()
  await deps.notices.plan([tried], now)
  const waits: number[] = []
  for (let tries = 1; tries <= 11; tries += 1) {
    const atMs = now
    expect(await sendAll()).toBe(1)
    if (tries === 11) break
    const { rows } = await pool.query(
      "SELECT min(due_at) AS at FROM hexroute.notices WHERE state = 'due' AND tries > 0",
    )
    waits.push((rows[0].at.getTime() - atMs) / MINUTE_MS)
    now = rows[0].at.getTime()
  }
  expect(waits).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 512])
  expect(await stateOf(tried)).toMatchObject({
    state: 'failed',
    tries: 11,
    error: 'NOTICE_NOT_TAKEN: the target answered 500',
  })
  expect(new Set(hooks.received.map(({ headers }) => headers['webhook-id'])).size).toBe(1)
  hooks.answer(() => 200)
})

test('while a target fails, what else is due for it waits with it', async () => {
  await channel()
  hooks.answer(() => 503)
  await planMany(20)
  expect(await sendAll()).toBe(1)
  hooks.answer(() => 200)
  now += MINUTE_MS
  expect(await sendAll()).toBe(20)
})

test('four messages of one channel that fail at the same moment are all written down', async () => {
  await channel({ kind: 'slack' })
  hooks.answer(() => 503)
  for (let round = 0; round < 5; round += 1) {
    await planMany(40)
    const taken = []
    for (let i = 0; i < 4; i += 1) taken.push(await deps.notices.take(now, LEASE_MS))
    await Promise.all(taken.map((notices) => sendTaken(deps, notices)))
    const { rows } = await pool.query('SELECT DISTINCT state FROM hexroute.notices')
    expect(rows).toEqual([{ state: 'due' }])
    now += 20 * MINUTE_MS
  }
  hooks.answer(() => 200)
})

test('a channel that tells each user by himself waits only with what failed', async () => {
  await channel({ kind: 'assigned-user', target: null })
  const sendEmail: SendTakenDeps['sendEmail'] = async (address, ...message) =>
    address === 'ada@example.com'
      ? { kind: 'not-sent', code: 'NOTICE_NOT_TAKEN', detail: 'mailbox full', canRetry: true }
      : deps.sendEmail!(address, ...message)
  const planned = ['ada', 'grace', 'ada', 'mary'].map((userId) => noticeOf({ userId }, { event: 'lead.failed' }))
  await deps.notices.plan(planned, now)
  expect(await sendAll({ ...deps, sendEmail })).toBe(4)
  expect(mail.mails.map(({ to }) => to[0]).sort()).toEqual(['grace@example.com', 'mary@example.com'])
  expect((await Promise.all(planned.map(stateOf))).map((row) => row?.state)).toEqual(['due', 'sent', 'due', 'sent'])
})

test('a fault before a mail leaves makes it due again; only what was leaving is not told twice', async () => {
  await channel({ kind: 'email', target: 'front@example.com' })
  const [early, leaving] = [noticeOf(), noticeOf()]
  await deps.notices.plan([early], now)
  const facts = { ...deps.facts, factsOf: () => Promise.reject(new Error('connection terminated')) }
  const noFacts = { ...deps, facts }
  await expect(sendAll(noFacts)).rejects.toThrow('connection terminated')
  const settle = () => Promise.reject(new Error('connection terminated'))
  await deps.notices.plan([leaving], now)
  await expect(sendAll({ ...deps, notices: { ...deps.notices, settle } })).rejects.toThrow('connection terminated')
  now += LEASE_MS
  expect(await deps.notices.sweep(now)).toMatchObject({ repeated: 1, unknown: 1 })
  expect(await stateOf(leaving)).toMatchObject({ state: 'unknown', error: 'NOTICE_UNKNOWN' })
  expect(await sendAll()).toBe(1)
  expect(await stateOf(early)).toMatchObject({ state: 'sent', tries: 1 })
  expect(mail.mails).toHaveLength(2)
})

test('a sender that was held up past its lease does not tell what another is telling', async () => {
  await channel({ kind: 'email', target: 'front@example.com' })
  await deps.notices.plan([noticeOf()], now)
  const held = await deps.notices.take(now, LEASE_MS)
  now += LEASE_MS
  await deps.notices.sweep(now)
  expect(await sendAll()).toBe(1)
  await sendTaken(deps, held)
  expect(mail.mails).toHaveLength(1)
})

test('410 switches a channel off with the reason; what it had still to tell is given up', async () => {
  await channel()
  hooks.answer(() => 410)
  const [first, second] = [noticeOf(), noticeOf({}, { dueAtMs: now + MINUTE_MS })]
  await deps.notices.plan([first, second], now)
  await sendAll()
  hooks.answer(() => 200)
  const { rows } = await pool.query('SELECT enabled, fault FROM hexroute.notice_channels WHERE id = $1', [channelId])
  expect(rows).toEqual([{ enabled: false, fault: 'NOTICE_TARGET_GONE' }])
  await deps.notices.sweep(now)
  expect(await stateOf(first)).toMatchObject({ state: 'failed' })
  expect(await stateOf(second)).toMatchObject({ state: 'failed', error: 'NOTICE_CHANNEL_OFF' })
})

test('a mail that the server refuses for now is tried again, for good is not, and unanswered is not told twice', async () => {
  await channel({ kind: 'email', target: 'front@example.com' })
  const [later, never] = [noticeOf(), noticeOf()]
  mail.answer(451)
  await deps.notices.plan([later], now)
  await sendAll()
  expect(await stateOf(later)).toMatchObject({ state: 'due', tries: 1 })
  mail.answer('take')
  now += MINUTE_MS
  await sendAll()
  expect(await stateOf(later)).toMatchObject({ state: 'sent', tries: 2 })
  mail.answer(554)
  await deps.notices.plan([never], now)
  await sendAll()
  expect(await stateOf(never)).toMatchObject({ state: 'failed', error: expect.stringMatching(/^NOTICE_NOT_TAKEN/) })
  mail.answer('hang')
  const lost = noticeOf()
  await deps.notices.plan([lost], now)
  await sendAll()
  expect(await stateOf(lost)).toMatchObject({ state: 'unknown', error: expect.stringMatching(/^NOTICE_NO_ANSWER/) })
  expect(mail.mails).toHaveLength(2)
})

test('a lead that moved on in the night is not told in the morning, nor is its loss', async () => {
  await channel({ kind: 'email', target: 'front@example.com' })
  const leadId = randomUUID()
  const lead = { leadId, leadCreatedAt: new Date().toISOString() }
  await pool.query(
    `INSERT INTO hexroute.leads (lead_id, created_at, tenant, event_id, intake_location_id, person, place, attempt, outcome)
     VALUES ($1, $2, $3, $4, 'intake', '{}', '{}', 2, 'hq')`,
    [leadId, lead.leadCreatedAt, tenant, randomUUID()],
  )
  const grouped = { isGrouped: true }
  await deps.notices.plan(
    [
      noticeOf({ ...lead, attempt: 1 }, { ...grouped, event: 'lead.assigned' }),
      noticeOf({ ...lead, attempt: 2 }, { ...grouped, event: 'lead.taken-away' }),
      noticeOf({}, grouped),
    ],
    now,
  )
  expect(await sendAll()).toBe(1)
  expect(mail.mails.map((one) => one.header('Subject'))).toEqual([
    'A lead reached no location and is at HQ: name not known.',
  ])
  expect((await noticesOf(pool, leadId)).map(({ state }) => state)).toEqual(['superseded', 'superseded'])
})

test('a digest to assigned users is one mail each, with each his own leads', async () => {
  await channel({ kind: 'assigned-user', target: null, digestMinutes: 15 })
  const users = ['ada', 'grace', 'ada', 'ada', 'grace']
  await deps.notices.plan(
    users.map((userId) => noticeOf({ userId }, { isGrouped: true, event: 'lead.failed' })),
    now,
  )
  await sendAll()
  expect(mail.mails.map(({ to, text }) => [to[0], text.match(/Why: /g)?.length]).sort()).toEqual([
    ['ada@example.com', 3],
    ['grace@example.com', 2],
  ])
})

test('the oldest due notice says how late notices are', async () => {
  await channel({ enabled: false })
  await channel({ id: `${channelId}-on` })
  await deps.notices.plan([noticeOf({}, { channelId: `${channelId}-on`, dueAtMs: now - 90_000 })], now)
  expect((await deps.notices.sweep(now)).lagMs).toBe(90_000)
})
