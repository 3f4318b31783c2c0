import { createClickhouseServer } from './clickhouse-server.ts'
import { openEngine } from './engine.ts'

const DRAIN_MS = 8_000

const dir = process.env.CLICKHOUSE_DATA_DIR
const port = Number(process.env.CLICKHOUSE_PORT ?? 18123)
if (!dir || !Number.isInteger(port)) {
  console.error('CLICKHOUSE_DATA_DIR must name a directory, CLICKHOUSE_PORT a port')
  process.exit(2)
}

const engine = openEngine(dir, process.env.CLICKHOUSE_CONFIG_FILE)
const server = createClickhouseServer(engine, () => {
  console.error('the engine has aborted, this process ends to be started anew')
  process.exit(1)
})
server.once('error', (error) => {
  console.error(`cannot listen on port ${port}: ${error.message}`)
  process.exit(1)
})
server.listen(port, '127.0.0.1', () => console.log(`ClickHouse ${engine.version} (chDB) on 127.0.0.1:${port}`))

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop)

/** Running statements end first; a closed engine with a statement on it would abort. */
function stop(): void {
  const late = setTimeout(() => process.exit(0), DRAIN_MS)
  server.close(() => {
    clearTimeout(late)
    engine.close()
    process.exit(0)
  })
  server.closeIdleConnections()
}
