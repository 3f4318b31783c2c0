import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { streams } from '../contracts/streams.ts'
import { createClickhouse } from '../kernel/clickhouse.ts'
import { createLogger } from '../kernel/logger.ts'
import { connectNats, ensureStream } from '../kernel/nats.ts'
import { startClickhouse } from '../local/backends/clickhouse.ts'
import { startNats } from '../local/backends/nats.ts'
import { startPostgres } from '../local/backends/postgres.ts'
import { migrate } from '../migrations/migrate.ts'
import { startAnalytics } from './sink/analytics-process.ts'
import { outage, outageReport } from './sink/outage.ts'

/**
 * `node --import tsx bench/sink-outage.ts [FILE]`: analytics as it is shipped, 1,000 messages a second, ClickHouse away for
 * `AWAY_S` (120) seconds and back under the same traffic. Prints Markdown, and writes it to FILE.
 */
const awayS = Number(process.env.AWAY_S ?? 120)
const log = createLogger('bench', 'warn')
const dir = mkdtempSync(join(tmpdir(), 'hexroute-bench-'))
const postgres = await startPostgres({ dir: join(dir, 'postgres'), password: 'bench', disposable: true })
const natsServer = await startNats({ dir: join(dir, 'nats') })
let server = await startClickhouse({ dir: join(dir, 'clickhouse') })
const { url, port } = server
await migrate({ databaseUrl: postgres.url, clickhouseUrl: url })
const nats = await connectNats(natsServer.url, 'bench', log)
for (const stream of Object.values(streams)) await ensureStream(nats.manager, stream)
const clickhouse = createClickhouse(url, 'bench')
const analytics = await startAnalytics({ DATABASE_URL: postgres.url, NATS_URL: natsServer.url, CLICKHOUSE_URL: url })
try {
  const found = await outage(
    {
      ...{ nats, clickhouse, analytics, natsPid: natsServer.pid },
      takeAway: async () => {
        await server.stop()
      },
      bringBack: async () => {
        server = await startClickhouse({ dir: join(dir, 'clickhouse'), port })
      },
    },
    awayS,
  )
  const text = outageReport(found, awayS)
  console.log(text)
  if (process.argv[2]) writeFileSync(process.argv[2], text)
} finally {
  await analytics.stop()
  await clickhouse.close()
  await nats.connection.close()
  await Promise.all([server.stop(), natsServer.stop(), postgres.stop()])
  rmSync(dir, { recursive: true, force: true })
}
