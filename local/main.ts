import { join, relative, resolve } from 'node:path'
import { type Arguments, parseArguments, USAGE } from './arguments.ts'
import { endRecorded } from './end-recorded.ts'
import { type Launch, launch } from './launch.ts'
import { Problem } from './problem.ts'
import { stopRequest } from './stop-request.ts'
import { table } from './table.ts'

const say = (line: string): void => console.log(line)

try {
  const options = parseArguments(process.argv.slice(2))
  if (options.help) say(USAGE)
  else await run(options)
} catch (error) {
  // A sentence for the person at the terminal. What is not foreseen is named as such, still without a stack.
  const message = error instanceof Error ? error.message : String(error)
  console.error(error instanceof Problem ? message : `hexroute could not start: ${message}`)
  process.exit(1)
}

async function run(options: Arguments): Promise<void> {
  const startedAt = performance.now()
  const asked = stopRequest(() => endAtOnce(resolve(options.dataDir)))
  const running = await launch(options, process.env, say)
  say(describe(running, performance.now() - startedAt))
  say(`\nstopping (${await asked}) ...`)
  await running.stop()
  process.exit(0)
}

/** Somebody will not wait for the orderly stop. PostgreSQL and JetStream recover from this at the next start. */
async function endAtOnce(dataDir: string): Promise<never> {
  await endRecorded(dataDir, 'SIGKILL')
  process.exit(130)
}

function describe({ endpoints, dataDir }: Launch, tookMs: number): string {
  const below = relative(process.cwd(), dataDir)
  const here = below.startsWith('..') ? dataDir : below || '.'
  const rows: [string, string][] = [
    ['widget demo', endpoints.widgetDemo],
    ['connect GHL', endpoints.connectPage],
    ['webhooks', `${endpoints.ingest}/webhooks/ghl`],
    ['directory', endpoints.directory],
    ['analytics', endpoints.analytics],
    ['GoHighLevel', endpoints.ghl],
    ['ClickHouse', endpoints.clickhouse],
    ['Postgres', endpoints.postgres],
    ['Redis', endpoints.redis],
    ['NATS', endpoints.nats],
    ['admin key', endpoints.adminKey],
    ['all of this', join(here, 'endpoints.json')],
    ['logs', join(here, 'logs')],
  ]
  return `hexroute runs (ready in ${(tookMs / 1000).toFixed(1)} s). Ctrl-C stops it.\n\n${table(rows)}\n`
}
