import { expect, test } from 'vitest'
import type { NoticeEvent } from '../../../contracts/notice.ts'
import { aPerson } from '../../../test/support/decide-builders.ts'
import { emailBody } from './email-body.ts'
import { messageOf } from './message.ts'
import type { Channel, TakenNotice } from './notice.ts'
import { slackBody } from './slack-body.ts'
import { type NoticeFacts, tellNotice } from './tell-notice.ts'
import { webhookBody } from './webhook-body.ts'

const channel: Channel = {
  ...{
    id: 'c',
    tenant: 't',
    scope: 'location',
    scopeId: 'boston',
    kind: 'email',
    target: null,
    events: ['lead.assigned'],
  },
  ...{ digestMinutes: null, quietHours: null, timeZone: 'America/New_York', enabled: true, secretSealed: null },
}
const noticeOf = (event: NoticeEvent, noticeId = 'n1'): TakenNotice => ({
  ...{ noticeId, tenant: 't', channelId: 'c', event, messageId: 'm', isGrouped: false, tries: 1, createdAtMs: 0 },
  subject: {
    ...{
      at: '2026-06-01T12:00:00.000Z',
      leadId: 'l',
      leadCreatedAt: null,
      attempt: 1,
      locationId: 'boston',
      userId: null,
    },
    ...{ toLocationId: null, why: 'Nearest.', until: null, code: null, silent: false },
  },
})
const factsOf = (change: Partial<NoticeFacts> = {}): NoticeFacts => ({
  ...{
    person: aPerson({ firstName: 'Ada', lastName: 'Byron' }),
    postalCode: '02134',
    currentAttempt: 1,
    contactId: 'c/1',
  },
  ...{ locationName: 'Boston', toLocationName: null, userName: null, agencyName: 'Acme', neverTold: false },
  ...change,
})
const told = (change: Partial<NoticeFacts> = {}, event: NoticeEvent = 'lead.assigned', of = channel) =>
  tellNotice(noticeOf(event), factsOf(change), of, 'https://app.example.com')
const hostile = (firstName: string) =>
  messageOf('m', [told({ person: aPerson({ firstName, lastName: null, city: firstName }) })])

test('a name with line breaks adds no header to a mail and no line to its text', () => {
  const { subject, text } = emailBody(hostile('Ada\r\nBcc: all@example.com\u2028x\u0000'))
  expect(subject).not.toMatch(/[\r\n]/)
  expect(text).toContain('Name: Ada Bcc: all@example.com x\n')
})

test('a name is no markup in a mail', () => {
  const { html } = emailBody(hostile('<img src=x onerror="alert(1)">&'))
  expect(html).not.toContain('<img')
  expect(html).toContain('&lt;img src=x onerror=&quot;alert(1)&quot;&gt;&amp;')
})

test('a name pings nobody in a chat, is no link there and no code', () => {
  const { text, blocks } = slackBody(
    hostile('<!channel> @here <https://evil.example|x> [x](https://evil.example) `rm`'),
  )
  expect(text).not.toMatch(/<|(^|\s)@here|\]\(|:\/\/evil|`rm`/)
  const fromOutside = blocks.filter((block) => JSON.stringify(block).includes('channel'))
  expect(fromOutside.map(({ type }) => type)).toEqual(['section'])
  expect(JSON.stringify(fromOutside)).toContain('"plain_text"')
})

test('a link leads to GoHighLevel whatever the ids hold', () => {
  expect(told().link).toBe('https://app.example.com/v2/location/boston/contacts/detail/c%2F1')
  expect(told({ contactId: null }).link).toBeNull()
})

test('text that turns the direction or hides is taken out, and a long one is cut', () => {
  expect(told({ person: aPerson({ firstName: '\u202Egnp\u200B.exe', lastName: null }) }).lines[0]).toEqual({
    label: 'Name',
    text: 'gnp.exe',
  })
  expect(told({ person: aPerson({ firstName: 'x'.repeat(5_000), lastName: null }) }).lines[0]?.text).toHaveLength(200)
})

test('only who has the lead learns who it is', () => {
  const wide = (['agency', 'region'] as const).map((scope) => ({ ...channel, scope }))
  const close = (['location', 'user'] as const).map((scope) => ({ ...channel, scope }))
  const names = (of: Channel, event: NoticeEvent) => JSON.stringify(told({}, event, of)).includes('Byron')
  expect(close.map((of) => names(of, 'lead.assigned'))).toEqual([true, true])
  expect(wide.map((of) => names(of, 'lead.assigned'))).toEqual([false, false])
  for (const event of ['lead.taken-away', 'lead.offered', 'lead.unrouted'] as const) {
    expect(close.map((of) => names(of, event))).toEqual([false, false])
  }
})

test('a person who was erased meanwhile leaves a notice without a name', () => {
  expect(told({ person: null, currentAttempt: null }).headline).toBe('New lead for Boston: name not known.')
})

test('a digest is one message that lists all, and says how many of what', () => {
  const items = [told(), told(), told({}, 'lead.unrouted')]
  const message = messageOf('m', items)
  expect(message.title).toBe('2 new leads, 1 lead at HQ')
  expect(emailBody(message).text.match(/Why: Nearest\./g)).toHaveLength(3)
  expect(slackBody(message).blocks.length).toBeGreaterThan(3)
  expect(webhookBody(message)).toMatchObject({
    type: 'notice.digest',
    data: { notices: [{ type: 'lead.assigned' }, {}, {}] },
  })
})

test('a digest of hundreds stays within what Slack takes', () => {
  const { text, blocks } = slackBody(
    messageOf(
      'm',
      Array.from({ length: 200 }, () => told()),
    ),
  )
  expect(blocks.length).toBeLessThanOrEqual(50)
  expect(text.length).toBeLessThanOrEqual(40_000)
  expect(JSON.stringify(blocks.at(-1))).toContain('and 176 more')
})
