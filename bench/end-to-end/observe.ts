import { setTimeout as delay } from 'node:timers/promises'
import { createClient } from '@clickhouse/client'
import { DeliverPolicy, jetstream } from '@nats-io/jetstream'
import { connect } from '@nats-io/transport-node'

export type Seen = {
  /** Event id -> performance.now() at which its committed decision was published. */
  decided: Map<string, number>
  /** Event id -> performance.now() at which its decision was first found in ClickHouse. */
  visible: Map<string, number>
  stop: () => Promise<void>
}

const LOOK_EVERY_MS = 50

/** Watches from outside, as another consumer and another SQL client would. */
export async function observe(natsUrl: string, clickhouseUrl: string): Promise<Seen> {
  const decided = new Map<string, number>()
  const visible = new Map<string, number>()
  const connection = await connect({ servers: natsUrl, noAsyncTraces: true })
  const consumer = await jetstream(connection).consumers.get('DECISIONS', { deliver_policy: DeliverPolicy.New })
  const messages = await consumer.consume({
    max_messages: 5_000,
    callback: (message) => {
      decided.set(message.json<{ eventId: string }>().eventId, performance.now())
    },
  })
  const client = createClient({ url: clickhouseUrl })
  let isStopping = false
  const looking = (async () => {
    for (let seq = 0; !isStopping; await delay(LOOK_EVERY_MS)) {
      const result = await client.query({
        query:
          'SELECT toString(event_id) AS id, stream_seq AS seq FROM hexroute.decisions WHERE stream_seq > {seq:UInt64} ORDER BY stream_seq',
        query_params: { seq },
        format: 'JSONEachRow',
      })
      for (const row of await result.json<{ id: string; seq: string }>()) {
        visible.set(row.id, performance.now())
        seq = Number(row.seq)
      }
    }
  })()
  return {
    decided,
    visible,
    stop: async () => {
      isStopping = true
      await looking
      await messages.close()
      await connection.close()
      await client.close()
    },
  }
}
