import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { rebuildAnalytics } from '../../analytics/rebuild/rebuild-analytics.ts'
import { createClickhouse } from '../../kernel/clickhouse.ts'
import { connectNats } from '../../kernel/nats.ts'
import { createPostgres } from '../../kernel/postgres.ts'
import { typescriptArguments } from '../../local/typescript-arguments.ts'
import { testLog } from './analytics-log.ts'

const file = fileURLToPath(import.meta.url)

/** A rebuild in a process of its own that dies of SIGKILL at the step named; resolves with the signal. */
export async function rebuildThatDies(env: Record<string, string>, step: string): Promise<NodeJS.Signals | null> {
  const child = spawn(process.execPath, [...typescriptArguments, file], {
    env: { ...process.env, ...env, KILL_AT: step },
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  const [, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null]
  return signal
}

if (process.argv[1] === file) await main()

async function main(): Promise<void> {
  const databaseUrl = process.env.DATABASE_URL!
  await rebuildAnalytics({
    databaseUrl,
    postgres: createPostgres({ url: databaseUrl, process: 'test-rebuild', connectionsMax: 2, log: testLog }),
    clickhouse: createClickhouse(process.env.CLICKHOUSE_URL!, 'test-rebuild'),
    nats: await connectNats(process.env.NATS_URL!, 'test-rebuild', testLog),
    onProgress: (step) => {
      if (step === process.env.KILL_AT) process.kill(process.pid, 'SIGKILL')
    },
  })
}
