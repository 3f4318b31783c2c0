import type { JsMsg } from '@nats-io/jetstream'
import { streams, unknownToken } from '../../../contracts/streams.ts'
import { type Consumption, consumeBatches } from '../../../kernel/consume-batches.ts'
import type { Logger } from '../../../kernel/logger.ts'
import type { Nats } from '../../../kernel/nats.ts'
import type { GivenUp } from '../steps/dead-letter.ts'
import { type ParsedDecision, parseDecision } from '../steps/parse-decision.ts'
import { createHeartbeat } from './heartbeat.ts'

/** A decision as it came, which nobody has read yet. */
export type Waiting = JsMsg
export type WorkItem = ParsedDecision & { message: Waiting; givenUp: GivenUp }

export type DecisionsConsumerOptions = {
  nats: Nats
  ackWaitMs: number
  log: Logger
  /** Puts the message into the lane of its subject, where `open` comes first when it has its turn. */
  accept: (message: Waiting) => void
  /** Stores a message that can never be delivered. */
  poisoned: (tenant: string, givenUp: GivenUp, reason: string) => Promise<void>
}

export type DecisionsConsumer = {
  start: () => Promise<Consumption>
  /** Reads the message. Null: there is nothing to do for it now, and JetStream knows. Else one of the next three ends it. */
  open: (message: Waiting) => Promise<WorkItem | null>
  ack: (item: WorkItem) => void
  term: (item: WorkItem) => void
  again: (item: WorkItem, delayMs: number) => void
  /** Of a message that was not opened. */
  giveBack: (message: Waiting, delayMs: number) => void
}

/** A lane takes a message at once and unread: a burst is out of the others' way as fast as it can be fetched. */
const BATCH_ROWS_MAX = 128
/** A message that waits out its delay counts as handed out: an agency that is away for a day must not stop the others. */
const ACK_PENDING_MAX = 1_000_000
const POISON_AGAIN_MS = 5_000
const TURN_MS = 1_000

/**
 * Feeds assigned decisions to the lanes. Handling takes as long as GHL does, so messages in hand are told to JetStream as
 * in progress; one of a lead that is in work already is put off, which keeps the order per lead: of two that wait the ledger
 * lets the newer one be written.
 */
export function createDecisionsConsumer(options: DecisionsConsumerOptions): DecisionsConsumer {
  /** By sequence: one that was too long without a heartbeat comes a second time. */
  const held = new Map<number, Waiting>()
  const leadsInWork = new Set<string>()

  const accept = (message: Waiting): void => {
    if (held.has(message.seq)) message.nak(TURN_MS)
    else {
      held.set(message.seq, message)
      options.accept(message)
    }
  }
  const release = (message: Waiting): Waiting => {
    held.delete(message.seq)
    return message
  }
  const end = ({ message, decision }: WorkItem): Waiting => {
    leadsInWork.delete(decision.leadId)
    return release(message)
  }

  return {
    start: async () => {
      const heartbeat = createHeartbeat(held, options.ackWaitMs / 4)
      const consumption = await consumeBatches(options.nats, {
        stream: streams.decisions.name,
        durable: 'delivery',
        filterSubject: 'decisions.*.*.assigned',
        batchRowsMax: BATCH_ROWS_MAX,
        ackWaitMs: options.ackWaitMs,
        ackPendingMax: ACK_PENDING_MAX,
        log: options.log,
        handle: async (messages) => messages.forEach(accept),
      })
      return {
        stop: async () => {
          await consumption.stop()
          heartbeat.stop()
        },
      }
    },
    open: async (message) => {
      const givenUp = { subject: message.subject, streamSequence: message.seq, bytes: message.data }
      const parsed = parseDecision(message.data)
      if (typeof parsed === 'string') {
        await endPoisoned(options, message, givenUp, parsed)
        release(message)
        return null
      }
      const { leadId } = parsed.decision
      if (leadsInWork.has(leadId)) {
        release(message).nak(TURN_MS)
        return null
      }
      leadsInWork.add(leadId)
      return { ...parsed, message, givenUp }
    },
    ack: (item) => end(item).ack(),
    term: (item) => end(item).term(),
    again: (item, delayMs) => end(item).nak(delayMs),
    giveBack: (message, delayMs) => release(message).nak(delayMs),
  }
}

async function endPoisoned(
  { poisoned, log }: DecisionsConsumerOptions,
  message: Waiting,
  givenUp: GivenUp,
  reason: string,
): Promise<void> {
  try {
    await poisoned(message.subject.split('.')[1] ?? unknownToken, givenUp, reason)
  } catch (error) {
    log.warn({ subject: message.subject, error: (error as Error).message }, 'dead letter not stored')
    message.nak(POISON_AGAIN_MS)
    return
  }
  log.error({ subject: message.subject, sequence: message.seq, reason }, 'decision is poisoned')
  // A reason would be ignored, and with it the end, by nats-server of Debian 12: the log has it.
  message.term()
}
