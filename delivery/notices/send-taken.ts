import type { Clock } from '../../kernel/clock.ts'
import type { Logger } from '../../kernel/logger.ts'
import type { NoticeMetrics } from './notice-metrics.ts'
import { type Addressee, type SendMessageDeps, sendMessage } from './send-message.ts'
import { linkWaitMs } from './steps/link-wait.ts'
import { messageOf } from './steps/message.ts'
import type { Channel, SendResult, TakenNotice } from './steps/notice.ts'
import { settleSend } from './steps/settle-send.ts'
import { stillTrue, type WithFacts } from './steps/still-true.ts'
import { tellNotice } from './steps/tell-notice.ts'
import type { ChannelReader } from './stores/channel-reader.ts'
import type { FactReader } from './stores/fact-reader.ts'
import type { NoticeStore } from './stores/notice-store.ts'

export type SendTakenDeps = SendMessageDeps & {
  channels: ChannelReader
  facts: FactReader
  notices: NoticeStore
  metrics: NoticeMetrics
  ghlWebUrl: string
  /** After this a send is given up on, whatever it waits for. Shorter than the lease. */
  sendMsMax: number
  clock: Clock
  log: Logger
}

/** Sends the notices that were taken as one message, and writes down what became of them. */
export async function sendTaken(deps: SendTakenDeps, taken: readonly TakenNotice[]): Promise<void> {
  const [first] = taken
  const channel = first && (await deps.channels.find(first.tenant, first.channelId))
  // Gone since it was taken: the sweep settles what is left of it.
  if (!channel) return deps.notices.putOff(taken, deps.clock())
  const { told, superseded } = stillTrue(await deps.facts.factsOf(taken), channel)
  await deps.notices.supersede(superseded, deps.clock())
  count(deps, channel, superseded.length, 'superseded')
  const mine = await ofOneAddressee(deps, channel, told)
  if (mine.length === 0) return
  const waitMs = linkWaitMs(mine, channel, deps.clock())
  if (waitMs > 0) return deps.notices.putOff(noticesOf(mine), deps.clock() + waitMs)
  const leaving = await deps.notices.leaving(mine, deps.clock())
  if (leaving.length > 0) await sendNow(deps, channel, leaving)
}

async function sendNow(deps: SendTakenDeps, channel: Channel, mine: readonly WithFacts[]): Promise<void> {
  const { notice } = mine[0]!
  const items = mine.map(({ notice, facts }) => tellNotice(notice, facts, channel, deps.ghlWebUrl))
  const result = await within(deps.sendMsMax, () =>
    sendMessage(deps, channel, messageOf(notice.messageId, items), addresseeOf(mine[0]!)),
  )
  const tries = Math.max(...mine.map(({ notice }) => notice.tries))
  const settlement = settleSend(result, tries, channel.kind === 'webhook')
  await deps.notices.settle(noticesOf(mine), settlement, deps.clock())
  if (result.kind === 'gone') await deps.channels.switchOff(channel, result.code)
  count(deps, channel, mine.length, settlement.state === 'due' ? 'again' : settlement.state)
  const line = { tenant: channel.tenant, channelId: channel.id, kind: channel.kind, notices: mine.length, tries }
  if (result.kind === 'sent') deps.log.info({ ...line, messageId: notice.messageId }, 'notices sent')
  else deps.log.warn({ ...line, state: settlement.state, code: result.code, detail: result.detail }, 'notices not sent')
}

/** A message to the assigned user holds his leads only; what is for others goes back and leaves by itself. */
async function ofOneAddressee(deps: SendTakenDeps, channel: Channel, told: WithFacts[]): Promise<WithFacts[]> {
  if (channel.kind !== 'assigned-user') return told
  const userId = told[0]?.notice.subject.userId
  const others = told.filter(({ notice }) => notice.subject.userId !== userId)
  if (others.length > 0) await deps.notices.putOff(noticesOf(others), deps.clock())
  return told.filter((one) => !others.includes(one))
}

function addresseeOf({ notice, facts }: WithFacts): Addressee | null {
  const { locationId, userId } = notice.subject
  return locationId && userId ? { locationId, userId, contactId: facts.contactId } : null
}

/** What throws has sent nothing: senders turn everything after that into a result. */
async function within(ms: number, send: () => Promise<SendResult>): Promise<SendResult> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<SendResult>((resolve) => {
    timer = setTimeout(() => resolve({ kind: 'lost', code: 'NOTICE_NO_ANSWER', detail: `none in ${ms} ms` }), ms)
  })
  const sent = send().catch(
    (error: Error): SendResult => ({ kind: 'not-sent', code: 'NOTICE_FAULT', detail: error.message, canRetry: true }),
  )
  return Promise.race([sent, late]).finally(() => clearTimeout(timer))
}

const noticesOf = (some: readonly WithFacts[]): TakenNotice[] => some.map(({ notice }) => notice)

function count({ metrics }: SendTakenDeps, { kind }: Channel, notices: number, result: string): void {
  if (notices > 0) metrics.settled.inc({ kind, result }, notices)
}
