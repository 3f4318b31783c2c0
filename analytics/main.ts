import { streams, subjects } from '../contracts/streams.ts'
import { createClickhouse } from '../kernel/clickhouse.ts'
import { systemClock } from '../kernel/clock.ts'
import { readEnv } from '../kernel/env.ts'
import { listenForRequests } from '../kernel/listen-for-requests.ts'
import { createMetrics } from '../kernel/metrics.ts'
import { connectNats, ensureStream } from '../kernel/nats.ts'
import { createPostgres } from '../kernel/postgres.ts'
import { runProcess } from '../kernel/run-process.ts'
import { createRequestAnswers } from './answer-requests.ts'
import { buildApp } from './app.ts'
import { AnalyticsEnv } from './env.ts'
import { createLiveHub } from './live/live-hub.ts'
import { createSharedReads } from './shared-reads.ts'
import { startSink } from './sink/start-sink.ts'
import { createAccessKeys } from './stores/access-keys.ts'
import { erasePerson } from './stores/erase-person.ts'
import { createLiveSources } from './stores/live-sources.ts'
import { createAskSql } from './stores/sql/ask-sql.ts'
import { SQL_LIMITS } from './stores/sql/sql-limits.ts'
import { startUnaccountedMetrics } from './unaccounted-metrics.ts'

/** Names and keys, a few short questions a second. The sink's own connection is not of this pool. */
const POSTGRES_CONNECTIONS_MAX = 4
const LIVE_EVERY_MS = 1_000
const DATABASE = 'hexroute'
/** A lead may take 15 minutes; a minute more until somebody is told is little. */
const UNACCOUNTED_EVERY_MS = 60_000
/** What is lost is found while the stream still holds it. Again each hour: a disk may lose later what it had. */
const AUDIT_TIMES = { everyMs: 20_000, afterMs: 60_000, againMs: 3_600_000 }
/** Whoever asked asks again. */
const REQUESTS_END_MS_MAX = 3_000

await runProcess('analytics', async (log, closing) => {
  const env = readEnv(AnalyticsEnv)
  const metrics = createMetrics('analytics')
  const nats = await connectNats(env.NATS_URL, 'analytics', log)
  closing.defer('nats', () => nats.connection.close())
  for (const stream of Object.values(streams)) await ensureStream(nats.manager, stream)
  const postgres = createPostgres({
    url: env.DATABASE_URL,
    process: 'analytics',
    connectionsMax: POSTGRES_CONNECTIONS_MAX,
    log,
  })
  closing.defer('postgres', () => postgres.end())
  // Clients of their own: a burst of questions must not take the connections that inserts need.
  const clickhouse = createClickhouse(env.CLICKHOUSE_URL, 'analytics-api')
  closing.defer('clickhouse', () => clickhouse.close())
  const clickhouseSink = createClickhouse(env.CLICKHOUSE_URL, 'analytics-sink')
  closing.defer('clickhouse sink', () => clickhouseSink.close())

  const clickhouseSql = createClickhouse(env.CLICKHOUSE_URL, 'analysts')
  closing.defer('clickhouse sql', () => clickhouseSql.close())

  const sink = startSink({
    nats,
    clickhouse: clickhouseSink,
    databaseUrl: env.DATABASE_URL,
    database: DATABASE,
    shards: env.SINK_SHARDS,
    limits: { rowsMax: env.SINK_ROWS_MAX, bytesMax: env.SINK_BYTES_MAX, lingerMs: env.SINK_LINGER_MS },
    audit: AUDIT_TIMES,
    metrics,
    log,
  })
  closing.defer('sink', sink.stop)

  closing.defer(
    'requests',
    listenForRequests(nats.connection, {
      subject: subjects.analyticsRequest,
      queue: 'analytics',
      answer: createRequestAnswers((request) => erasePerson(clickhouse, request), log),
      stopMsMax: REQUESTS_END_MS_MAX,
    }),
  )

  const stores = { clickhouse, postgres, clock: systemClock }
  const live = createLiveHub(createLiveSources(stores, LIVE_EVERY_MS, metrics, log))
  const unaccounted = startUnaccountedMetrics(stores, UNACCOUNTED_EVERY_MS, metrics, log)
  closing.defer('unaccounted', unaccounted.stop)
  const app = await buildApp({
    ...stores,
    keys: createAccessKeys(postgres, systemClock),
    askSql: createAskSql({ clickhouse: clickhouseSql, postgres }, SQL_LIMITS),
    sqlLimits: SQL_LIMITS,
    live,
    liveClientsMax: env.LIVE_CLIENTS_MAX,
    shared: createSharedReads(LIVE_EVERY_MS),
    checks: {
      postgres: () => postgres.query('SELECT 1'),
      nats: () => nats.connection.rtt(),
      clickhouse: async () => {
        if (!(await clickhouse.ping()).success) throw new Error('no answer')
      },
    },
    metrics,
    log,
  })
  closing.defer('http', () => app.close())
  const url = await app.listen({ host: env.LISTEN_HOST, port: env.ANALYTICS_PORT })
  log.info({ url }, 'analytics listening')
})
