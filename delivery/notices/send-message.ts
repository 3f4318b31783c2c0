import type { Clock } from '../../kernel/clock.ts'
import { emailBody } from './steps/email-body.ts'
import type { Message } from './steps/message.ts'
import type { Channel, SendResult } from './steps/notice.ts'
import { postOutcome } from './steps/post-outcome.ts'
import { slackBody } from './steps/slack-body.ts'
import { webhookBody } from './steps/webhook-body.ts'
import { webhookHeaders } from './steps/webhook-headers.ts'
import type { GhlPeople } from './stores/ghl-people.ts'
import type { PostJson } from './stores/post-json.ts'
import type { SendEmail } from './stores/send-email.ts'

export type SendMessageDeps = {
  postJson: PostJson
  /** Null: no SMTP server is set. */
  sendEmail: SendEmail | null
  people: GhlPeople
  unseal: (sealed: Uint8Array) => string
  clock: Clock
}

/** Whom a message is for, where the channel alone does not say it. */
export type Addressee = { locationId: string; userId: string; contactId: string | null }

/** Sends one message by its channel. Throws only when nothing can have been sent. */
export function sendMessage(
  deps: SendMessageDeps,
  channel: Channel,
  message: Message,
  addressee: Addressee | null,
): Promise<SendResult> {
  switch (channel.kind) {
    case 'email':
      return email(deps, channel.target, message)
    case 'slack':
      return slack(deps, channel.target ?? '', message)
    case 'webhook':
      return webhook(deps, channel, message)
    case 'assigned-user':
      return emailToUser(deps, channel.tenant, message, addressee)
    case 'ghl-message':
      return comment(deps, channel.tenant, message, addressee)
  }
}

async function email({ sendEmail }: SendMessageDeps, address: string | null, message: Message): Promise<SendResult> {
  if (!sendEmail) return failed({ code: 'NOTICE_NO_SMTP', detail: 'no SMTP server is set: SMTP_URL' })
  if (!address) return failed({ code: 'NOTICE_NO_ADDRESS', detail: 'no e-mail address is known' })
  return sendEmail(address, message.messageId, emailBody(message))
}

const slack = async ({ postJson }: SendMessageDeps, url: string, message: Message): Promise<SendResult> =>
  postOutcome(await postJson(url, JSON.stringify(slackBody(message)), {}))

async function webhook(deps: SendMessageDeps, channel: Channel, message: Message): Promise<SendResult> {
  if (!channel.secretSealed)
    return failed({ code: 'NOTICE_NO_SECRET', detail: 'the channel has no signing secret: make it again' })
  const body = JSON.stringify(webhookBody(message))
  const headers = webhookHeaders(deps.unseal(channel.secretSealed), message.messageId, deps.clock(), body)
  return postOutcome(await deps.postJson(channel.target ?? '', body, headers))
}

async function emailToUser(
  deps: SendMessageDeps,
  tenant: string,
  message: Message,
  addressee: Addressee | null,
): Promise<SendResult> {
  const found = addressee && (await deps.people.emailOf(tenant, addressee.locationId, addressee.userId))
  return email(deps, found, message)
}

async function comment(
  { people }: SendMessageDeps,
  tenant: string,
  { title, items }: Message,
  addressee: Addressee | null,
): Promise<SendResult> {
  if (!addressee?.contactId) {
    return { kind: 'not-sent', code: 'NOTICE_NO_CONTACT', detail: 'the lead is not in GHL yet', canRetry: true }
  }
  const why = items.flatMap(({ lines }) => lines.filter(({ label }) => label === 'Why' || label === 'Mind'))
  const text = [title, ...why.map((line) => `${line.label}: ${line.text}`)].join('\n')
  return people.comment(tenant, { ...addressee, contactId: addressee.contactId }, text)
}

const failed = (why: { code: string; detail: string }): SendResult => ({ kind: 'not-sent', canRetry: false, ...why })
