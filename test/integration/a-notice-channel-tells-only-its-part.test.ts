import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { NoticeChannel } from '../../contracts/notice.ts'
import { unseal } from '../../kernel/sealed.ts'
import { seedAgencies, startDirectory, type TestDirectory } from '../support/directory.ts'
import { pretendDelivery } from '../support/pretend-delivery.ts'

let directory: TestDirectory
let manager: string
let north: string
let north1: string

const channelOf = (id: string, change: Partial<NoticeChannel> = {}): NoticeChannel => ({
  ...{ id, tenant: 'agencyA', scope: 'location', scopeId: 'north1', kind: 'email', target: 'front@north1.example.com' },
  ...{ events: ['lead.assigned'], digestMinutes: null, quietHours: null, timeZone: 'America/New_York', enabled: true },
  ...change,
})
const put = (channel: NoticeChannel, key?: string) =>
  directory.call('PUT', `/v1/notice-channels/${channel.id}`, channel, key)
const list = async (key?: string): Promise<string[]> =>
  (await directory.call('GET', '/v1/notice-channels?limit=50', undefined, key)).body.items.map(
    ({ id }: NoticeChannel) => id,
  )

beforeAll(async () => {
  directory = await startDirectory()
  await seedAgencies(directory)
  const user = {
    tenant: 'agencyA',
    name: 'Ada',
    status: 'active',
    weight: 1,
    calendarId: null,
    skills: [],
    languages: [],
    leave: [],
  }
  for (const locationId of ['north1', 'south1']) {
    await directory.call('PUT', '/v1/users/both', { ...user, id: 'both', locationId })
  }
  await directory.call('PUT', '/v1/users/ada', { ...user, id: 'ada', locationId: 'north1' })
  manager = await directory.key('admin')
  north = await directory.key('region_manager', { regionIds: ['north'] })
  north1 = await directory.key('location_manager', { locationIds: ['north1'] })
})
afterAll(() => directory?.stop())

test('each manager puts channels of his part and sees no other', async () => {
  const agency = channelOf('agency', { scope: 'agency', scopeId: 'agencyA' })
  const region = channelOf('region', { scope: 'region', scopeId: 'north' })
  const shop = channelOf('shop')
  const ada = channelOf('ada', { scope: 'user', scopeId: 'ada' })
  const both = channelOf('both', { scope: 'user', scopeId: 'both' })
  const south = channelOf('south', { scopeId: 'south1' })
  const statuses = async (key: string) =>
    Promise.all([agency, region, shop, ada, both, south].map(async (channel) => (await put(channel, key)).status))
  expect(await statuses(manager)).toEqual([200, 200, 200, 200, 200, 200])
  expect(await statuses(north)).toEqual([403, 200, 200, 200, 403, 403])
  expect(await statuses(north1)).toEqual([403, 403, 200, 200, 403, 403])
  expect(await list(manager)).toEqual(['ada', 'agency', 'both', 'region', 'shop', 'south'])
  expect(await list(north)).toEqual(['ada', 'region', 'shop'])
  expect(await list(north1)).toEqual(['ada', 'shop'])
  expect(await list(await directory.key('admin', {}, 'agencyB'))).toEqual([])
})

test('a channel cannot be taken over by putting it elsewhere, read, tested or deleted from outside its part', async () => {
  expect((await put(channelOf('south'), north1)).status).toBe(403)
  for (const [method, path] of [
    ['GET', ''],
    ['DELETE', ''],
    ['POST', '/test'],
  ] as const) {
    expect((await directory.call(method, `/v1/notice-channels/south${path}`, undefined, north1)).status).toBe(403)
  }
  const analyst = await directory.key('analyst')
  expect((await directory.call('GET', '/v1/notice-channels', undefined, analyst)).status).toBe(403)
  expect(
    (await put(channelOf('foreign', { tenant: 'agencyB', scope: 'agency', scopeId: 'agencyB' }), manager)).status,
  ).toBe(403)
})

test('pages of channels are followed by the cursor', async () => {
  const first = await directory.call('GET', '/v1/notice-channels?limit=4', undefined, manager)
  const second = await directory.call(
    'GET',
    `/v1/notice-channels?limit=4&cursor=${first.body.next}`,
    undefined,
    manager,
  )
  expect([first.body.items.length, second.body.items.length, second.body.next]).toEqual([4, 2, null])
})

test('a webhook’s secret is shown once, when it is made, and signs', async () => {
  const hook = channelOf('hook', { kind: 'webhook', target: 'https://hooks.example.com/x' })
  const made = await put(hook)
  expect(made.status).toBe(200)
  expect(made.body.secret).toMatch(/^whsec_/)
  expect(() => new Webhook(made.body.secret).sign('id', new Date(), '{}')).not.toThrow()
  const { rows } = await directory.pool.query("SELECT secret_sealed FROM hexroute.notice_channels WHERE id = 'hook'")
  expect(unseal(Buffer.alloc(32, 7).toString('base64'), rows[0].secret_sealed)).toBe(made.body.secret)
  expect((await put({ ...hook, digestMinutes: 15 })).body).not.toHaveProperty('secret')
  const read = await directory.call('GET', '/v1/notice-channels/hook?tenant=agencyA')
  expect(read.body).toEqual({ ...hook, digestMinutes: 15, fault: null })
  const after = await directory.pool.query("SELECT secret_sealed FROM hexroute.notice_channels WHERE id = 'hook'")
  expect(after.rows).toEqual(rows)
  const log = await directory.pool.query(
    "SELECT detail::text FROM hexroute.audit_log WHERE action LIKE 'notice-channel.%'",
  )
  expect(log.rows.length).toBeGreaterThan(6)
  expect(JSON.stringify(log.rows)).not.toMatch(/whsec_|hooks\.example|front@/)
})

test.each([
  ['http://hooks.example.com/x', /https/],
  ['https://127.0.0.1/x', /not public/],
  ['https://2130706433/', /not public/],
  ['https://0x7f.1/', /not public/],
  ['https://0177.0.0.1/', /not public/],
  ['https://[::ffff:127.0.0.1]/', /not public/],
  ['https://169.254.169.254/latest', /not public/],
  ['https://inside.example.com/', /not public/],
  ['https://nowhere.example.com/', /no address/],
  ['https://user:secret@hooks.example.com/', /user name/],
  [null, /not a URL/],
])('a webhook to %s is refused when it is put', async (target, why) => {
  for (const kind of ['webhook', 'slack'] as const) {
    const { status, body } = await put(channelOf('bad', { kind, target }))
    expect([status, body.code]).toEqual([400, 'BAD_REQUEST'])
    expect(body.detail).toMatch(why)
  }
})

test.each([
  ['two addresses', { target: 'a@example.com, b@example.com' }, /one e-mail address/],
  ['a header in the address', { target: 'a@example.com\r\nBcc: b@example.com' }, /one e-mail address/],
  ['no address', { target: null }, /one e-mail address/],
  ['an unknown zone', { timeZone: 'Mars/Olympus' }, /time zone/],
  ['quiet hours of no length', { quietHours: { from: '08:00', to: '08:00' } }, /Quiet hours/],
  [
    'an event no assigned user hears of',
    { kind: 'assigned-user', target: null, events: ['location.out'] },
    /location\.out/,
  ],
  ['a digest of comments', { kind: 'ghl-message', target: null, digestMinutes: 5 }, /digest/],
] as [string, Partial<NoticeChannel>, RegExp][])(
  'a channel with %s is refused with a sentence',
  async (_what, change, why) => {
    const { status, body } = await put(channelOf('bad', change))
    expect(status).toBe(400)
    expect(body.detail).toMatch(why)
  },
)

test('a channel of what is not there is refused', async () => {
  expect((await put(channelOf('ghost', { scopeId: 'nowhere' }))).body).toMatchObject({ code: 'CONFLICT' })
  expect((await put(channelOf('ghost', { scope: 'user', scopeId: 'nobody' }))).body).toMatchObject({ code: 'CONFLICT' })
})

test('a test message is sent by delivery, and what came of it is told', async () => {
  const delivery = pretendDelivery(directory.nats, ({ kind }) =>
    kind === 'test-notice' && delivery.asked.length === 1
      ? { kind: 'sent', detail: 'The email channel took a test message.' }
      : { kind: 'refused', code: 'NOT_SENT', message: 'The test message was not taken: the target answered 500.' },
  )
  const ask = () => directory.call('POST', '/v1/notice-channels/shop/test', undefined, north1)
  expect(await ask()).toEqual({ status: 200, body: { detail: 'The email channel took a test message.' } })
  expect(await ask()).toMatchObject({
    status: 409,
    body: { code: 'NOT_SENT', detail: expect.stringMatching(/answered 500/) },
  })
  expect(delivery.asked[0]).toEqual({ kind: 'test-notice', tenant: 'agencyA', channelId: 'shop' })
  delivery.stop()
})

test('a deleted channel is gone', async () => {
  expect((await directory.call('DELETE', '/v1/notice-channels/shop', undefined, north1)).status).toBe(204)
  expect((await directory.call('GET', '/v1/notice-channels/shop', undefined, north1)).status).toBe(404)
})
