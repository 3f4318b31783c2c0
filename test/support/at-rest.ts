import { jetstreamManager } from '@nats-io/jetstream'
import { connect } from '@nats-io/transport-node'
import type pg from 'pg'

const WORKERS = [
  { stream: 'EVENTS', durable: 'router' },
  { stream: 'DECISIONS', durable: 'delivery' },
]
const SUNK = ['EVENTS', 'DECISIONS', 'DELIVERIES', 'FACTS']

/** Messages that a worker or the sink still has before it, over all streams: 0 means that everything sent has arrived. */
export async function countInFlight(natsUrl: string, pool: pg.Pool): Promise<number> {
  const connection = await connect({ servers: natsUrl })
  try {
    const manager = await jetstreamManager(connection)
    // Upstream first: what a worker publishes while this looks is seen further down.
    let inFlight = 0
    for (const { stream, durable } of WORKERS) {
      const { num_pending, num_ack_pending } = await manager.consumers.info(stream, durable)
      inFlight += num_pending + num_ack_pending
    }
    for (const stream of SUNK) {
      const { state } = await manager.streams.info(stream)
      const { rows } = await pool.query<{ last: string | null }>(
        `SELECT max(last_seq)::text AS last FROM hexroute.sink_plans WHERE stream = $1 AND state = 'done'`,
        [stream],
      )
      inFlight += state.last_seq - Number(rows[0]?.last ?? 0)
    }
    return inFlight
  } finally {
    await connection.close()
  }
}
