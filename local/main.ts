import { join, relative } from 'node:path'
import { parseArguments, USAGE } from './arguments.ts'
import { type Launch, launch } from './launch.ts'
import { Problem } from './problem.ts'
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

async function run(options: ReturnType<typeof parseArguments>): Promise<void> {
  const startedAt = performance.now()
  const signal = firstSignal()
  const launching = launch(options, process.env, say)
  const running = await launching
  say(describe(running, performance.now() - startedAt))
  say(`\nstopping (${await signal}) ...`)
  await running.stop()
  process.exit(0)
}

/** The first signal stops in order. A second one means that somebody will not wait; the next start clears up. */
function firstSignal(): Promise<string> {
  return new Promise((resolve) => {
    let asked = false
    const hear = (signal: string) => {
      if (asked) process.exit(130)
      asked = true
      resolve(signal)
    }
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => hear(signal))
  })
}

function describe({ endpoints, dataDir }: Launch, tookMs: number): string {
  const here = relative(process.cwd(), dataDir) || '.'
  const rows: [string, string][] = [
    ['widget demo', endpoints.widgetDemo],
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
