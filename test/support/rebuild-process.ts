import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { rebuildAnalytics } from '../../analytics/rebuild/rebuild-analytics.ts'
import { createClickhouse } from '../../kernel/clickhouse.ts'
import { connectNats } from '../../kernel/nats.ts'
import { createPostgres } from '../../kernel/postgres.ts'
import { programArguments } from '../../local/program-arguments.ts'
import { testLog } from './analytics-log.ts'

/** A rebuild in a process of its own that dies of SIGKILL at the step named; resolves with the signal. */
export async function rebuildThatDies(env: Record<string, string>, step: string): Promise<NodeJS.Signals | null> {
  const child = spawn(process.execPath, programArguments('test/support/rebuild-process.ts'), {
    env: { ...process.env, ...env, REBUILD_KILL_AT: step },
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  const [, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null]
  return signal
}

if (process.env.REBUILD_KILL_AT) await main(process.env.REBUILD_KILL_AT)

async function main(killAt: string): Promise<void> {
  const databaseUrl = process.env.DATABASE_URL!
  await rebuildAnalytics({
    databaseUrl,
    postgres: createPostgres({ url: databaseUrl, process: 'test-rebuild', connectionsMax: 2, log: testLog }),
    clickhouse: createClickhouse(process.env.CLICKHOUSE_URL!, 'test-rebuild'),
    nats: await connectNats(process.env.NATS_URL!, 'test-rebuild', testLog),
    onProgress: (step) => {
      if (step === killAt) process.kill(process.pid, 'SIGKILL')
    },
  })
  // Refused, or at an end without that step.
  process.exit(1)
}
