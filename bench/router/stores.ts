import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type pg from 'pg'
import { pino } from 'pino'
import type { Event } from '../../contracts/event.ts'
import { streams, subjects } from '../../contracts/streams.ts'
import { type AcknowledgedPublish, createAcknowledgedPublish } from '../../kernel/acknowledged-publish.ts'
import { connectNats, ensureStream, type Nats } from '../../kernel/nats.ts'
import { createPostgres } from '../../kernel/postgres.ts'
import type { Backend } from '../../local/backends/backend.ts'
import { startNats } from '../../local/backends/nats.ts'
import { startPostgres } from '../../local/backends/postgres.ts'
import { startRedis } from '../../local/backends/redis.ts'
import { migrate } from '../../migrations/migrate.ts'

export type Stores = {
  postgres: Awaited<ReturnType<typeof startPostgres>>
  redis: Backend
  nats: Backend
  pool: pg.Pool
  connection: Nats
  publish: AcknowledgedPublish
  stop: () => Promise<void>
}

/** Postgres with fsync, Redis and NATS on this machine, with the schema and the streams. */
export async function startStores(): Promise<Stores> {
  const log = pino({ level: 'silent' })
  const dir = mkdtempSync(join(tmpdir(), 'hexroute-bench-router-'))
  const postgres = await startPostgres({ dir: join(dir, 'postgres'), password: 'bench', database: 'hexroute' })
  const [redis, nats] = await Promise.all([
    startRedis({ dir: join(dir, 'redis'), port: 0 }),
    startNats({ dir: join(dir, 'nats'), port: 0 }),
  ])
  await migrate({ databaseUrl: postgres.url })
  const pool = createPostgres({ url: postgres.url, process: 'bench', connectionsMax: 2, log })
  const connection = await connectNats(nats.url, 'bench', log)
  for (const stream of Object.values(streams)) await ensureStream(connection.manager, stream)
  return {
    ...{ postgres, redis, nats, pool, connection },
    publish: createAcknowledgedPublish(connection.connection, PUBLISH_WITHIN_MS),
    stop: async () => {
      await connection.connection.close()
      await pool.end()
      await Promise.all([redis.stop(), nats.stop()])
      await postgres.stop()
    },
  }
}

const AT_ONCE = 500
const PUBLISH_WITHIN_MS = 30_000

/** As the gateway publishes; resolves when JetStream has them all. */
export async function publishEvents({ publish }: Stores, events: readonly Event[]): Promise<void> {
  for (let at = 0; at < events.length; at += AT_ONCE)
    await Promise.all(events.slice(at, at + AT_ONCE).map((event) => publishEvent(publish, event)))
}

export const publishEvent = (publish: AcknowledgedPublish, event: Event): Promise<unknown> =>
  publish(subjects.event(event.tenant, event.locationId, event.type), JSON.stringify(event), event.eventId)

/** Until the router has acknowledged everything. */
export async function untilRouted({ connection }: Stores): Promise<void> {
  const pending = async (): Promise<number> => {
    const info = await connection.manager.consumers.info(streams.events.name, 'router').catch(() => null)
    return info ? info.num_pending + info.num_ack_pending : Number.POSITIVE_INFINITY
  }
  while ((await pending()) > 0) await delay(20)
}
