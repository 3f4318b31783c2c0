import { streams, subjects } from '../../contracts/streams.ts'
import { createAcknowledgedPublish } from '../../kernel/acknowledged-publish.ts'
import type { Logger } from '../../kernel/logger.ts'
import { ensureStream, type Nats } from '../../kernel/nats.ts'
import type { Envelope } from '../steps/to-event.ts'
import type { NatsLink } from './nats-link.ts'

export type Published = { kind: 'stored'; duplicate: boolean } | { kind: 'too-large' }
/** @throws when JetStream did not acknowledge in time: the event may or may not be stored. */
export type PublishEvent = (envelope: Envelope, message: Uint8Array) => Promise<Published>

export type EventPublisher = {
  publish: PublishEvent
  /** @throws when JetStream cannot take events now. */
  check: () => Promise<unknown>
}

/** The message id with its header's name; the server counts headers into its payload limit. */
const HEADER_BYTES_MAX = 512

/** Publishes to EVENTS under the message id `<tenant>:<eventId>` and waits until JetStream has it. */
export async function createEventPublisher(
  nats: Nats,
  link: NatsLink,
  timeoutMs: number,
  log: Logger,
): Promise<EventPublisher> {
  const publish = createAcknowledgedPublish(nats.connection, timeoutMs)
  const ensure = () => ensureStream(nats.manager, streams.events)
  await ensure()
  // A server that came back with an empty disk has no stream, and every publish would be refused from then on.
  link.onReconnect(() => void ensure().catch((error: Error) => log.warn({ error: error.message }, 'no events stream')))
  return {
    publish: async (envelope, message) => {
      if (!link.up()) throw new Error('nats is not connected')
      const bytesMax = nats.connection.info?.max_payload ?? Number.POSITIVE_INFINITY
      if (message.length + HEADER_BYTES_MAX > bytesMax) return { kind: 'too-large' }
      const subject = subjects.event(envelope.tenant, envelope.locationId, envelope.type)
      const ack = await publish(subject, message, `${envelope.tenant}:${envelope.eventId}`)
      return { kind: 'stored', duplicate: ack.duplicate }
    },
    check: async () => {
      if (!link.up()) throw new Error('nats is not connected')
      await nats.manager.streams.info(streams.events.name)
    },
  }
}
