import { DeliverPolicy, jetstream } from '@nats-io/jetstream'
import { connect } from '@nats-io/transport-node'
import type { Event } from '../../contracts/event.ts'
import { streams } from '../../contracts/streams.ts'

export type StoredEvent = Event & { subject: string }

/** Everything that is in the stream of events now, in order. */
export async function storedEvents(natsUrl: string): Promise<StoredEvent[]> {
  const connection = await connect({ servers: natsUrl })
  try {
    const consumer = await jetstream(connection).consumers.get(streams.events.name, {
      deliver_policy: DeliverPolicy.All,
    })
    const count = (await consumer.info()).num_pending
    const events: StoredEvent[] = []
    if (count === 0) return events
    for await (const message of await consumer.consume()) {
      events.push({ ...message.json<Event>(), subject: message.subject })
      if (events.length === count) break
    }
    return events
  } finally {
    await connection.close()
  }
}
