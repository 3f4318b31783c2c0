import { type JetStreamClient, type JetStreamManager, jetstream, jetstreamManager } from '@nats-io/jetstream'
import { connect, type NatsConnection, nanos } from '@nats-io/transport-node'
import type { Logger } from './logger.ts'

export type Nats = { connection: NatsConnection; jetstream: JetStreamClient; manager: JetStreamManager }

/** What a stream is; the definitions are written in contracts/streams.ts. */
export type StreamShape = {
  name: string
  subjects: string[]
  bytesMax: number
  ageMaxMs: number
  duplicateWindowMs: number
}

/**
 * Connects and keeps reconnecting for ever. `publishTimeoutMs` bounds the wait for a JetStream acknowledgement.
 * noAsyncTraces: capturing a stack per request halves the publish rate.
 */
export async function connectNats(url: string, process: string, log: Logger, publishTimeoutMs = 5_000): Promise<Nats> {
  const connection = await connect({
    servers: url.split(','),
    name: `hexroute-${process}`,
    maxReconnectAttempts: -1,
    reconnectTimeWait: 250,
    waitOnFirstConnect: false,
    noAsyncTraces: true,
  })
  void logStatus(connection, log)
  return {
    connection,
    jetstream: jetstream(connection, { timeout: publishTimeoutMs }),
    manager: await jetstreamManager(connection, { timeout: publishTimeoutMs }),
  }
}

/** Makes the stream or brings its limits up to date. Any process may call it at start. */
export async function ensureStream(manager: JetStreamManager, shape: StreamShape, replicas = 1): Promise<void> {
  const config = {
    name: shape.name,
    subjects: shape.subjects,
    max_bytes: shape.bytesMax,
    max_age: nanos(shape.ageMaxMs),
    duplicate_window: nanos(shape.duplicateWindowMs),
    discard: 'new' as const,
    retention: 'limits' as const,
    storage: 'file' as const,
    num_replicas: replicas,
  }
  const exists = await manager.streams.info(shape.name).then(
    () => true,
    () => false,
  )
  if (exists) await manager.streams.update(shape.name, config)
  else await manager.streams.add(config)
}

async function logStatus(connection: NatsConnection, log: Logger): Promise<void> {
  for await (const status of connection.status()) {
    if (status.type === 'disconnect') log.warn({}, 'nats connection lost')
    if (status.type === 'reconnect') log.info({}, 'nats connection back')
  }
}
