import { DeliverPolicy, JetStreamApiError } from '@nats-io/jetstream'
import { streams, subjects } from '../../contracts/streams.ts'
import type { Nats } from '../../kernel/nats.ts'
import type { StoredLetter } from '../steps/read-letter.ts'

export type DeadLetterStream = {
  /** When the stream was made: a sequence counts within it. */
  created: () => Promise<string>
  /** Letters after `afterSeq`, oldest first, at most `countMax`; null tenant or stage: all. */
  after: (
    afterSeq: number,
    part: { tenant: string | null; stage: string | null },
    countMax: number,
  ) => Promise<StoredLetter[]>
  get: (seq: number) => Promise<StoredLetter | null>
  /** Sends a message to its stage again; the same id twice is once. Resolves when JetStream has it. */
  redrive: (subject: string, payload: Uint8Array, messageId: string) => Promise<void>
}

const name = streams.deadLetters.name
/** Silence after which no more of a page is expected: the stream's limits may have taken messages meanwhile. */
const EXPIRES_MS = 2_000
const NO_MESSAGE_FOUND = 10_037

export function createDeadLetterStream(nats: Nats): DeadLetterStream {
  return {
    created: async () => new Date((await nats.manager.streams.info(name)).created).toISOString(),
    after: async (afterSeq, { tenant, stage }, countMax) => {
      const consumer = await nats.jetstream.consumers.get(name, {
        deliver_policy: DeliverPolicy.StartSequence,
        opt_start_seq: afterSeq + 1,
        filter_subjects: filterOf(stage, tenant),
      })
      const letters: StoredLetter[] = []
      if ((await consumer.info()).num_pending === 0) return letters
      const fetched = await consumer.fetch({ max_messages: countMax, expires: EXPIRES_MS })
      for await (const message of fetched) {
        const storedAt = new Date(Math.trunc(message.info.timestampNanos / 1_000_000)).toISOString()
        letters.push({ seq: message.seq, subject: message.subject, storedAt, bytes: message.data })
        if (letters.length === countMax || message.info.pending === 0) break
      }
      return letters
    },
    get: async (seq) => {
      try {
        const message = await nats.manager.streams.getMessage(name, { seq })
        if (!message) return null
        return { seq, subject: message.subject, storedAt: message.time.toISOString(), bytes: message.data }
      } catch (error) {
        if (error instanceof JetStreamApiError && error.code === NO_MESSAGE_FOUND) return null
        throw error
      }
    },
    redrive: async (subject, payload, messageId) => {
      await nats.jetstream.publish(subject, payload, { msgID: messageId })
    },
  }
}

const filterOf = (stage: string | null, tenant: string | null): string => {
  const [root, ...given] = subjects.deadLetter(stage ?? '', tenant ?? '').split('.')
  return [root, ...[stage, tenant].map((part, i) => (part === null ? '*' : given[i]))].join('.')
}
