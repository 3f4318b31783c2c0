import { type ConsumerMessages, DeliverPolicy, type JsMsg } from '@nats-io/jetstream'
import type { Nats } from '../../kernel/nats.ts'
import type { Message } from '../steps/to-batch.ts'

export type BatchLimits = { rowsMax: number; bytesMax: number; lingerMs: number }

/** Silence after which a range that should have more messages is taken to have lost them to the stream's limits. */
const RANGE_EXPIRES_MS = 2_000

/** Batches from `fromSeq` on, in stream order, until the signal or the end of the subscription. Nothing is acknowledged. */
export async function* readBatches(
  nats: Nats,
  stream: string,
  fromSeq: number,
  limits: BatchLimits,
  signal: AbortSignal,
): AsyncGenerator<Message[]> {
  const source = await subscribe(nats, stream, fromSeq, limits)
  const close = () => void source.close().catch(() => undefined)
  signal.addEventListener('abort', close)
  try {
    const messages = source[Symbol.asyncIterator]()
    let next = messages.next()
    while (!signal.aborted) {
      const first = await next
      if (first.done) return
      const batch = [toMessage(first.value)]
      let bytes = first.value.data.length
      next = messages.next()
      const linger = createTimer(limits.lingerMs)
      while (batch.length < limits.rowsMax && bytes < limits.bytesMax) {
        const arrived = await Promise.race([next, linger.expired])
        if (arrived === undefined || arrived.done) break
        batch.push(toMessage(arrived.value))
        bytes += arrived.value.data.length
        next = messages.next()
      }
      linger.clear()
      if (!signal.aborted) yield batch
    }
  } finally {
    signal.removeEventListener('abort', close)
    // Not awaited: after NATS was away its promise may never settle, and the fault that ended the batch would be heard by nobody.
    close()
  }
}

/** When the stream was made, ISO 8601: its sequences begin again when it is made anew. */
export async function readCreated(nats: Nats, stream: string): Promise<string> {
  const info = await nats.manager.streams.info(stream)
  return new Date(info.created).toISOString()
}

/** The messages that the stream still holds of a range, in order. */
export async function readRange(nats: Nats, stream: string, firstSeq: number, lastSeq: number): Promise<Message[]> {
  const consumer = await nats.jetstream.consumers.get(stream, startAt(firstSeq))
  const messages: Message[] = []
  for (let seen = firstSeq - 1; seen < lastSeq; ) {
    const fetched = await consumer.fetch({ max_messages: Math.min(lastSeq - seen, 5_000), expires: RANGE_EXPIRES_MS })
    const before = seen
    for await (const message of fetched) {
      seen = message.seq
      if (seen <= lastSeq) messages.push(toMessage(message))
      if (seen >= lastSeq || message.info.pending === 0) break
    }
    if (seen === before) break
  }
  return messages
}

/** Held back by `bytesMax`: the client asks for more only as messages are taken. */
async function subscribe(nats: Nats, stream: string, seq: number, limits: BatchLimits): Promise<ConsumerMessages> {
  const consumer = await nats.jetstream.consumers.get(stream, startAt(seq))
  return consumer.consume({ max_bytes: limits.bytesMax, abort_on_missing_resource: true })
}

const startAt = (seq: number) => ({ deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: seq })

const toMessage = (message: JsMsg): Message => ({
  seq: message.seq,
  at: new Date(Math.trunc(message.info.timestampNanos / 1_000_000)).toISOString(),
  subject: message.subject,
  bytes: message.data,
})

function createTimer(ms: number): { expired: Promise<undefined>; clear: () => void } {
  let timer: NodeJS.Timeout | undefined
  const expired = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, ms, undefined)
  })
  return { expired, clear: () => clearTimeout(timer) }
}
