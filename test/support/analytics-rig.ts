import { createHash, randomUUID } from 'node:crypto'
import type { ClickHouseClient } from '@clickhouse/client'
import type pg from 'pg'
import { type Sink, type SinkOptions, startSink } from '../../analytics/sink/start-sink.ts'
import type { Access } from '../../contracts/access.ts'
import { streams, subjects } from '../../contracts/streams.ts'
import { createClickhouse } from '../../kernel/clickhouse.ts'
import { createMetrics } from '../../kernel/metrics.ts'
import { connectNats, ensureStream, type Nats } from '../../kernel/nats.ts'
import { createPostgres, type Postgres } from '../../kernel/postgres.ts'
import { testLog } from './analytics-log.ts'
import { createTestDatabase, startMigratedClickhouse, startTestNats, type TestBackend } from './backends.ts'
import { closeInOrder } from './close-in-order.ts'

export type AnalyticsRig = {
  env: Record<'DATABASE_URL' | 'NATS_URL' | 'CLICKHOUSE_URL', string>
  clickhouseBackend: TestBackend
  natsBackend: TestBackend
  nats: Nats
  clickhouse: ClickHouseClient
  postgres: Postgres
  publish: (stream: 'event' | 'decision' | 'delivery' | 'fact', messages: object[]) => Promise<void>
  sink: (more?: Partial<SinkOptions>) => Sink
  rows: <Row>(query: string) => Promise<Row[]>
  key: (access: Partial<Access>) => Promise<string>
  stop: () => Promise<void>
}

/** Streams, stores and an organisation of two regions with two locations each; no stage runs. */
export async function startAnalyticsRig(): Promise<AnalyticsRig> {
  const [database, natsBackend, clickhouseBackend] = await Promise.all([
    createTestDatabase(),
    startTestNats(),
    startMigratedClickhouse(),
  ])
  const nats = await connectNats(natsBackend.url, 'test', testLog)
  for (const stream of Object.values(streams)) await ensureStream(nats.manager, stream)
  const postgres = createPostgres({ url: database.url, process: 'test', connectionsMax: 4, log: testLog })
  const clickhouse = createClickhouse(clickhouseBackend.url, 'test')
  await seedOrganisation(postgres)
  const sinks: Sink[] = []
  return {
    env: { DATABASE_URL: database.url, NATS_URL: natsBackend.url, CLICKHOUSE_URL: clickhouseBackend.url },
    clickhouseBackend,
    natsBackend,
    nats,
    clickhouse,
    postgres,
    publish: async (stream, messages) => {
      const publications = messages.map((message) =>
        nats.jetstream.publish(subjectOf(stream), JSON.stringify(message), { msgID: randomUUID() }),
      )
      await Promise.all(publications)
    },
    sink: (more = {}) => {
      const limits = { rowsMax: 1_000, bytesMax: 16 * 1024 ** 2, lingerMs: 20 }
      const metrics = createMetrics('test')
      const options = {
        nats,
        clickhouse,
        databaseUrl: database.url,
        database: 'hexroute',
        shards: 1,
        limits,
        audit: { everyMs: 60_000, afterMs: 60_000, againMs: 3_600_000 },
        metrics,
        log: testLog,
        ...more,
      }
      const sink = startSink(options)
      sinks.push(sink)
      return sink
    },
    rows: async <Row>(query: string) => (await clickhouse.query({ query, format: 'JSONEachRow' })).json<Row>(),
    key: (access) => insertKey(postgres, access),
    stop: () =>
      closeInOrder({
        sinks: () => Promise.all(sinks.map((sink) => sink.stop())),
        nats: () => nats.connection.close(),
        postgres: () => postgres.end(),
        clickhouse: () => clickhouse.close(),
        database: database.drop,
        'nats-server': natsBackend.stop,
        'clickhouse-server': clickhouseBackend.stop,
      }),
  }
}

function subjectOf(stream: 'event' | 'decision' | 'delivery' | 'fact'): string {
  return subjects[stream]('agencyA', 'l', 'x')
}

async function insertKey(postgres: pg.Pool, access: Partial<Access>): Promise<string> {
  const key = randomUUID()
  const hash = createHash('sha256').update(key).digest('hex')
  await postgres.query(
    `INSERT INTO hexroute.access_keys (id, tenant, role, name, key_sha256, region_ids, location_ids)
     VALUES ($1, $2, $3, 'test', $4, $5, $6)`,
    [
      access.keyId ?? randomUUID(),
      access.tenant === undefined ? 'agencyA' : access.tenant,
      access.role ?? 'widget',
      hash,
      access.regionIds ?? [],
      access.locationIds ?? [],
    ],
  )
  return key
}

async function seedOrganisation(postgres: pg.Pool): Promise<void> {
  await postgres.query(`INSERT INTO hexroute.agencies (id, name) VALUES ('agencyA', 'A'), ('agencyB', 'B')`)
  await postgres.query(
    `INSERT INTO hexroute.regions (id, tenant, name)
     VALUES ('north', 'agencyA', 'North'), ('south', 'agencyA', 'South'), ('other', 'agencyB', 'Other')`,
  )
  await postgres.query(
    `INSERT INTO hexroute.locations (id, tenant, region_id, name, kind, latitude, longitude, time_zone)
     VALUES ('north1', 'agencyA', 'north', 'North One', 'location', 1, 1, 'UTC'),
            ('north2', 'agencyA', 'north', 'North Two', 'location', 1, 1, 'UTC'),
            ('south1', 'agencyA', 'south', 'South One', 'location', 1, 1, 'UTC'),
            ('south2', 'agencyA', 'south', 'South Two', 'location', 1, 1, 'UTC'),
            ('other1', 'agencyB', 'other', 'Other One', 'location', 1, 1, 'UTC')`,
  )
}
