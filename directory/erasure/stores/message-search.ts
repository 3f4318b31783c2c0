import { DeliverPolicy, JetStreamApiError } from '@nats-io/jetstream'
import { streams } from '../../../contracts/streams.ts'
import type { Nats } from '../../../kernel/nats.ts'

export type StoredMessage = { seq: number; text: string }
export type MessageSearch = ReturnType<typeof createMessageSearch>

const PAGE = 1_000
/** Silence after which a page is taken to be all that there is: the stream's limits may have taken the rest. */
const EXPIRES_MS = 2_000
const CONSUMER_NOT_FOUND = 10_014
const NO_MESSAGE_FOUND = [10_037, 10_043, 10_057]

/** Looks through whole streams: no subject says whose a message is. About 100,000 messages a second. */
export function createMessageSearch({ jetstream, manager }: Nats) {
  return {
    /** Every message of the stream under these subjects that is there now. One after another: 2.9 filters by one. */
    each: async (stream: string, subjects: string[], visit: (message: StoredMessage) => void): Promise<void> => {
      for (const subject of subjects) await eachUnder(jetstream, stream, subject, visit)
    },
    /** Overwritten on disk, not only unlinked. Gone already is done. */
    erase: async (stream: string, seq: number): Promise<void> => {
      await manager.streams.deleteMessage(stream, seq, true).catch((error: Error) => {
        if (!(error instanceof JetStreamApiError && NO_MESSAGE_FOUND.includes(error.code))) throw error
      })
    },
    /** Whether the routers have acknowledged everything of EVENTS up to here. Where none ever ran, nobody waits. */
    isRouted: async (seq: number): Promise<boolean> => {
      try {
        const { ack_floor, num_pending, num_ack_pending } = await manager.consumers.info(streams.events.name, 'router')
        return ack_floor.stream_seq >= seq || num_pending + num_ack_pending === 0
      } catch (error) {
        if (error instanceof JetStreamApiError && error.code === CONSUMER_NOT_FOUND) return true
        throw error
      }
    },
  }
}

async function eachUnder(
  jetstream: Nats['jetstream'],
  stream: string,
  subject: string,
  visit: (message: StoredMessage) => void,
): Promise<void> {
  const consumer = await jetstream.consumers.get(stream, {
    deliver_policy: DeliverPolicy.All,
    filter_subjects: subject,
  })
  for (let pending = (await consumer.info()).num_pending; pending > 0; ) {
    const fetched = await consumer.fetch({ max_messages: Math.min(PAGE, pending), expires: EXPIRES_MS })
    let count = 0
    for await (const message of fetched) {
      visit({ seq: message.seq, text: message.string() })
      count += 1
      if (message.info.pending === 0) break
    }
    if (count === 0) return
    pending -= count
  }
}
