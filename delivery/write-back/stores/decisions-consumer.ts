import type { JsMsg } from '@nats-io/jetstream'
import { streams, unknownToken } from '../../../contracts/streams.ts'
import { type Consumption, consumeBatches } from '../../../kernel/consume-batches.ts'
import type { Logger } from '../../../kernel/logger.ts'
import type { Nats } from '../../../kernel/nats.ts'
import type { GivenUp } from '../steps/dead-letter.ts'
import { type ParsedDecision, parseDecision } from '../steps/parse-decision.ts'

export type WorkItem = ParsedDecision & { message: JsMsg; givenUp: GivenUp }

export type DecisionsConsumerOptions = {
  nats: Nats
  ackWaitMs: number
  log: Logger
  /** Puts the item into its lane, which settles it later by one of the functions below. */
  accept: (item: WorkItem) => Promise<void>
  /** Stores a message that can never be delivered. */
  poisoned: (tenant: string, givenUp: GivenUp, reason: string) => Promise<void>
}

export type DecisionsConsumer = {
  start: () => Promise<Consumption>
  ack: (item: WorkItem) => void
  term: (item: WorkItem) => void
  again: (item: WorkItem, delayMs: number) => void
}

/** A lane takes a message at once: a burst is out of the others' way as fast as it can be fetched. */
const BATCH_ROWS_MAX = 128
/** A message that waits out its delay counts as handed out: an agency that is away for a day must not stop the others. */
const ACK_PENDING_MAX = 1_000_000
const POISON_AGAIN_MS = 5_000

/**
 * Feeds assigned decisions to the lanes. Handling takes as long as GHL does, so messages in hand are told to JetStream as
 * in progress; one of a lead that is in hand already is put off, which keeps the order per lead.
 */
export function createDecisionsConsumer(options: DecisionsConsumerOptions): DecisionsConsumer {
  const held = new Map<string, JsMsg>()

  const accept = async (message: JsMsg): Promise<void> => {
    const givenUp = { subject: message.subject, streamSequence: message.seq, bytes: message.data }
    const parsed = parseDecision(message.data)
    if (typeof parsed === 'string') {
      try {
        await options.poisoned(message.subject.split('.')[1] ?? unknownToken, givenUp, parsed)
      } catch (error) {
        // Not its neighbours' fault: those of the batch that have a lane keep it.
        options.log.warn({ subject: message.subject, error: (error as Error).message }, 'dead letter not stored')
        return message.nak(POISON_AGAIN_MS)
      }
      options.log.error({ subject: message.subject, sequence: message.seq, reason: parsed }, 'decision is poisoned')
      // A reason would be ignored, and with it the end, by nats-server of Debian 12: the log has it.
      return message.term()
    }
    const { leadId } = parsed.decision
    if (held.has(leadId)) return message.nak(1_000)
    held.set(leadId, message)
    await options.accept({ ...parsed, message, givenUp })
  }

  const release = (item: WorkItem): JsMsg => {
    held.delete(item.decision.leadId)
    return item.message
  }

  return {
    start: async () => {
      const heartbeat = setInterval(() => {
        for (const message of held.values()) message.working()
      }, options.ackWaitMs / 4)
      const consumption = await consumeBatches(options.nats, {
        stream: streams.decisions.name,
        durable: 'delivery',
        filterSubject: 'decisions.*.*.assigned',
        batchRowsMax: BATCH_ROWS_MAX,
        ackWaitMs: options.ackWaitMs,
        ackPendingMax: ACK_PENDING_MAX,
        log: options.log,
        handle: async (messages) => {
          for (const message of messages) await accept(message)
        },
      })
      return {
        stop: async () => {
          await consumption.stop()
          clearInterval(heartbeat)
        },
      }
    },
    ack: (item) => release(item).ack(),
    term: (item) => release(item).term(),
    again: (item, delayMs) => release(item).nak(delayMs),
  }
}
