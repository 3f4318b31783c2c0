import { DeliverPolicy, type JsMsg } from '@nats-io/jetstream'
import type { Nats } from '../../kernel/nats.ts'
import type { Message } from '../steps/to-batch.ts'

/** Silence after which a range that should have more messages is taken to have lost them to the stream's limits. */
const RANGE_EXPIRES_MS = 2_000

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

const startAt = (seq: number) => ({ deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: seq })

const toMessage = (message: JsMsg): Message => ({
  seq: message.seq,
  at: new Date(Math.trunc(message.info.timestampNanos / 1_000_000)).toISOString(),
  subject: message.subject,
  bytes: message.data,
})
