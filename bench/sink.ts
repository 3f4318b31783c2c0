import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startSink } from '../analytics/sink/start-sink.ts'
import { streams } from '../contracts/streams.ts'
import { createClickhouse } from '../kernel/clickhouse.ts'
import { createLogger } from '../kernel/logger.ts'
import { createMetrics } from '../kernel/metrics.ts'
import { connectNats, ensureStream } from '../kernel/nats.ts'
import { startClickhouse } from '../local/backends/clickhouse.ts'
import { startNats } from '../local/backends/nats.ts'
import { startPostgres } from '../local/backends/postgres.ts'
import { migrate } from '../migrations/migrate.ts'
import { catchUp } from './sink/catch-up.ts'
import { plainInsert } from './sink/plain-insert.ts'
import { report } from './sink/report.ts'
import { untilVisible } from './sink/visible.ts'

/**
 * `node --import tsx bench/sink.ts [FILE]`: messages of the streams to durable rows by the sink, against a plain insert of
 * the same rows in the same run; then the time from publish to visible at 1,000 events/s. `MESSAGES=` sets how many wait
 * (200,000). Prints Markdown, and writes it to FILE.
 */
const messages = Number(process.env.MESSAGES ?? 200_000)
const log = createLogger('bench', 'warn')
const dir = mkdtempSync(join(tmpdir(), 'hexroute-bench-'))
const postgres = await startPostgres({ dir: join(dir, 'postgres'), password: 'bench', disposable: true })
const natsServer = await startNats({ dir: join(dir, 'nats') })
const server = await startClickhouse({ dir: join(dir, 'clickhouse') })
await migrate({ databaseUrl: postgres.url, clickhouseUrl: server.url })
const nats = await connectNats(natsServer.url, 'bench', log)
for (const stream of Object.values(streams)) await ensureStream(nats.manager, stream)
const clickhouse = createClickhouse(server.url, 'bench')
const limits = { rowsMax: 20_000, bytesMax: 16 * 1024 ** 2, lingerMs: 200 }
const pids = { sink: process.pid, ClickHouse: server.pid, NATS: natsServer.pid, Postgres: postgres.pid }
const sinkOptions = {
  ...{ nats, clickhouse, database: 'hexroute', databaseUrl: postgres.url, shards: 1 },
  ...{ audit: { everyMs: 20_000, afterMs: 60_000, againMs: 3_600_000 } },
  ...{ limits, log },
}
try {
  const caughtUp = await catchUp(
    {
      ...{ nats, clickhouse, pids },
      start: () => startSink({ ...sinkOptions, metrics: createMetrics('bench') }),
    },
    messages,
  )
  console.error(JSON.stringify(caughtUp))
  const plain = await plainInsert(clickhouse, nats, limits.rowsMax)
  console.error(JSON.stringify(plain))
  const sink = startSink({ ...sinkOptions, metrics: createMetrics('bench') })
  const visible = await untilVisible({ nats, clickhouse }, { perS: 1_000, forS: 20 })
  await sink.stop()
  const text = report({ messages, caughtUp, plain, visible })
  console.log(text)
  if (process.argv[2]) writeFileSync(process.argv[2], text)
} finally {
  await clickhouse.close()
  await nats.connection.close()
  await Promise.all([server.stop(), natsServer.stop(), postgres.stop()])
  rmSync(dir, { recursive: true, force: true })
}
