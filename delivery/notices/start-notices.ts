import { randomUUID } from 'node:crypto'
import { type Clock, iso } from '../../kernel/clock.ts'
import type { Logger } from '../../kernel/logger.ts'
import type { Metrics } from '../../kernel/metrics.ts'
import type { Nats } from '../../kernel/nats.ts'
import type { Postgres } from '../../kernel/postgres.ts'
import type { Closing } from '../../kernel/run-process.ts'
import { unseal } from '../../kernel/sealed.ts'
import type { RequestHandlers } from '../connection/answer-requests.ts'
import type { GhlClient } from '../ghl/stores/ghl-client.ts'
import type { LocationTokens } from '../ghl/stores/location-tokens.ts'
import { createNoticeMetrics } from './notice-metrics.ts'
import { createPlanning, type Planning } from './plan-heard.ts'
import { startSendLoop } from './send-loop.ts'
import { sendTaken } from './send-taken.ts'
import { startNoticeChores } from './start-notice-chores.ts'
import { createChannelReader } from './stores/channel-reader.ts'
import { createFactReader } from './stores/fact-reader.ts'
import { createGhlPeople } from './stores/ghl-people.ts'
import { hearMessages } from './stores/hear-messages.ts'
import { createNoticeStore } from './stores/notice-store.ts'
import { createPostJson } from './stores/post-json.ts'
import { createSendEmail } from './stores/send-email.ts'
import { createTestChannel } from './test-channel.ts'

export type NoticeParts = {
  pool: Postgres
  nats: Nats
  ghl: GhlClient
  tokens: LocationTokens
  secretKey: string
  /** Null: e-mail channels fail with NOTICE_NO_SMTP. */
  smtp: { url: string; from: string } | null
  /** For a machine of one's own: webhooks to http and private addresses too. */
  allowPrivate: boolean
  ghlWebUrl: string
  leaseMs: number
  metrics: Metrics
  clock: Clock
  log: Logger
  closing: Closing
}

export type Notices = {
  handlers: Pick<RequestHandlers, 'test-notice'>
  /** Tells that an agency lost its connection; the same time again is the same news. */
  disconnected: (tenant: string, at: string, code: string) => Promise<void>
}

/** Messages to people and programs under way at once; most of the time of each is waiting. */
const SLOTS_MAX = 16
const POLL_MS = 1_000
/** Connecting, and each further step of a mail, may take so long. */
const SEND_STEP_MS = 10_000

/** Plans notices from what happens, sends those that are due, and answers requests for a test. Until `closing`. */
export async function startNotices(parts: NoticeParts): Promise<Notices> {
  const { pool, nats, clock, log, closing, smtp, allowPrivate } = parts
  const sending = {
    postJson: createPostJson({ timeoutMs: SEND_STEP_MS, allowPrivate }),
    sendEmail: smtp && createSendEmail({ smtpUrl: smtp.url, from: smtp.from, timeoutMs: SEND_STEP_MS }),
    people: createGhlPeople(parts),
    unseal: (sealed: Uint8Array) => unseal(parts.secretKey, sealed),
    clock,
  }
  const stores = {
    channels: createChannelReader(pool),
    facts: createFactReader(pool),
    notices: createNoticeStore(pool),
    metrics: createNoticeMetrics(parts.metrics),
  }
  const sendMsMax = Math.floor(parts.leaseMs * 0.75)
  const loop = startSendLoop({
    take: () => stores.notices.take(clock(), parts.leaseMs),
    send: (taken) => sendTaken({ ...stores, ...sending, ghlWebUrl: parts.ghlWebUrl, sendMsMax, log }, taken),
    ...{ slotsMax: SLOTS_MAX, pollMs: POLL_MS, log },
  })
  closing.defer('notice senders', loop.stop)
  const planning: Planning = createPlanning({ ...stores, clock, wake: loop.wake })
  closing.defer('notice chores', startNoticeChores({ pool, planning, ...stores, wake: loop.wake, clock, log }))
  const hearing = await hearMessages({ nats, decisions: planning.decisions, failures: planning.failures, log })
  closing.defer('notice planning', hearing.stop)
  return {
    handlers: { 'test-notice': createTestChannel({ ...stores, ...sending, newId: randomUUID }) },
    disconnected: (tenant, at, code) =>
      planning.troubles([
        { tenant, code, at: iso(Date.parse(at)), event: 'agency.disconnected', locationId: null, regionId: null },
      ]),
  }
}
