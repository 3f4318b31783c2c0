import { setTimeout as delay } from 'node:timers/promises'
import type { Decision } from '../../../contracts/decision.ts'
import type { Delivery } from '../../../contracts/delivery.ts'
import { streams } from '../../../contracts/streams.ts'
import { type Consumption, consumeBatches } from '../../../kernel/consume-batches.ts'
import type { Logger } from '../../../kernel/logger.ts'
import type { Nats } from '../../../kernel/nats.ts'
import { parseDecision, parseDelivery } from '../steps/parse-message.ts'

export type HearMessagesOptions = {
  nats: Nats
  decisions: (decisions: readonly Decision[]) => Promise<void>
  failures: (deliveries: readonly Delivery[]) => Promise<void>
  log: Logger
}

/**
 * Planning is a few statements; a batch that takes longer than this hangs on Postgres and comes again. Batches are small and have
 * a pause between them, as leads are written by the same process: a notice may come a second later, they may not. Some 500
 * decisions a second all the same, and a process writes fewer leads than that.
 */
const LIMITS = { batchRowsMax: 16, ackWaitMs: 30_000, ackPendingMax: 2_000 }
const PAUSE_MS = 25

/** Feeds every decision, and every delivery that failed, to the planning. A message is acknowledged when its notices are stored. */
export async function hearMessages({ nats, decisions, failures, log }: HearMessagesOptions): Promise<Consumption> {
  const hear = <T>(stream: string, filterSubject: string, parse: (bytes: Uint8Array) => T | null, plan: Plan<T>) =>
    consumeBatches(nats, {
      ...{ stream, filterSubject, durable: 'delivery-notices', log },
      ...LIMITS,
      handle: async (messages) => {
        const parsed = messages.map((message) => ({ message, content: parse(message.data) }))
        await plan(parsed.flatMap(({ content }) => content ?? []))
        for (const { message, content } of parsed) {
          if (content) message.ack()
          else message.term()
          // Whoever writes it to GHL makes the dead letter; here it is only not news.
          if (!content) log.error({ subject: message.subject, sequence: message.seq }, 'message is not understood')
        }
        if (messages.length === LIMITS.batchRowsMax) await delay(PAUSE_MS)
      },
    })
  const consumptions = await Promise.all([
    hear(streams.decisions.name, 'decisions.>', parseDecision, decisions),
    hear(streams.deliveries.name, 'deliveries.*.*.failed', parseDelivery, failures),
  ])
  return { stop: async () => void (await Promise.all(consumptions.map((consumption) => consumption.stop()))) }
}

type Plan<T> = (contents: readonly T[]) => Promise<void>
