import { AckPolicy, type ConsumerMessages, DeliverPolicy, type JsMsg } from '@nats-io/jetstream'
import { nanos } from '@nats-io/transport-node'
import type { Logger } from './logger.ts'
import type { Nats } from './nats.ts'

export type ConsumeOptions = {
  stream: string
  durable: string
  filterSubject?: string
  /** A batch is what arrived while the one before was handled, at most this many. */
  batchRowsMax: number
  /** Batches handled at once: while one waits for a store, another is worked on. 1 where not said. */
  batchesAtOnce?: number
  /** Must exceed the longest handling of a batch; JetStream hands the message out again after it. */
  ackWaitMs: number
  /** Messages handed out and not acknowledged, over all workers: the valve. */
  ackPendingMax: number
  log: Logger
  /** Acknowledges every message itself. A throw gives the whole batch back, to come again after a back-off. */
  handle: (messages: JsMsg[]) => Promise<void>
}

/** A message with its acknowledgement, for code that must not import the driver. */
export type Message = JsMsg

export type Consumption = { stop: () => Promise<void> }

const RETRY_DELAY_MAX_MS = 5_000

/**
 * Feeds batches of a durable consumer to `handle`, one or a few at a time, until stopped. No linger: at low rates a batch is one
 * message and leaves at once, at high rates batches grow by themselves. `consume()` of the client ends silently on some
 * errors, so the loop around it makes a new one whenever it has closed.
 */
export async function consumeBatches(nats: Nats, options: ConsumeOptions): Promise<Consumption> {
  const queue: JsMsg[] = []
  const arrival = createSignal()
  let stopping = false
  let source: ConsumerMessages | undefined

  const supply = (async () => {
    for (let faults = 0; !stopping; faults += 1) {
      try {
        source = await subscribe(nats, options, (message) => {
          queue.push(message)
          arrival.raise()
        })
        faults = 0
        if (stopping) await source.close()
        await source.closed()
      } catch (error) {
        options.log.warn({ stream: options.stream, error: (error as Error).message }, 'consumer lost')
      }
      if (!stopping) await pause(Math.min(100 * 2 ** faults, RETRY_DELAY_MAX_MS))
    }
  })()

  const demand = async (): Promise<void> => {
    while (!stopping) {
      if (queue.length === 0) await arrival.wait()
      const batch = queue.splice(0, options.batchRowsMax)
      if (batch.length > 0) await handleBatch(batch, options)
    }
  }
  const demands = Array.from({ length: options.batchesAtOnce ?? 1 }, demand)

  return {
    stop: async () => {
      stopping = true
      arrival.raise()
      await source?.close()
      await Promise.all([supply, ...demands])
      for (const message of queue.splice(0)) message.nak()
    },
  }
}

async function subscribe(
  nats: Nats,
  options: ConsumeOptions,
  callback: (message: JsMsg) => void,
): Promise<ConsumerMessages> {
  await nats.manager.consumers.add(options.stream, {
    durable_name: options.durable,
    ack_policy: AckPolicy.Explicit,
    deliver_policy: DeliverPolicy.All,
    ack_wait: nanos(options.ackWaitMs),
    max_deliver: -1,
    max_ack_pending: options.ackPendingMax,
    ...(options.filterSubject ? { filter_subject: options.filterSubject } : {}),
  })
  const consumer = await nats.jetstream.consumers.get(options.stream, options.durable)
  const messagesMax = options.batchRowsMax * (1 + (options.batchesAtOnce ?? 1))
  return consumer.consume({ max_messages: messagesMax, abort_on_missing_resource: true, callback })
}

async function handleBatch(batch: JsMsg[], options: ConsumeOptions): Promise<void> {
  try {
    await options.handle(batch)
  } catch (error) {
    options.log.error({ stream: options.stream, rows: batch.length, error: (error as Error).message }, 'batch failed')
    for (const message of batch) message.nak(Math.min(200 * 2 ** (message.info.deliveryCount - 1), RETRY_DELAY_MAX_MS))
  }
}

/** Raised, it lets all waiters pass, or the next one when there are none. */
function createSignal(): { raise: () => void; wait: () => Promise<void> } {
  let raised = false
  const waiters: (() => void)[] = []
  return {
    raise: () => {
      raised = waiters.length === 0
      for (const pass of waiters.splice(0)) pass()
    },
    wait: async () => {
      if (!raised) await new Promise<void>((pass) => waiters.push(pass))
      raised = false
    },
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
