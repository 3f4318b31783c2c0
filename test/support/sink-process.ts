import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { startSink } from '../../analytics/sink/start-sink.ts'
import { createClickhouse } from '../../kernel/clickhouse.ts'
import { createMetrics } from '../../kernel/metrics.ts'
import { connectNats } from '../../kernel/nats.ts'
import { programArguments } from '../../local/program-arguments.ts'
import { testLog } from './analytics-log.ts'

/** Kills itself before or after the nth insert into a table: between plan and insert, or between insert and done. */
export type KillAt = { when: 'before' | 'after'; table: string; insert: number }

/** A sink in a process of its own that dies of SIGKILL at the point named; resolves with the signal. */
export async function sinkThatDies(env: Record<string, string>, killAt: KillAt): Promise<NodeJS.Signals | null> {
  const child: ChildProcess = spawn(process.execPath, programArguments('test/support/sink-process.ts'), {
    env: { ...process.env, ...env, KILL_AT: JSON.stringify(killAt) },
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  const [, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null]
  return signal
}

if (process.env.KILL_AT) await main(JSON.parse(process.env.KILL_AT) as KillAt)

async function main(killAt: KillAt): Promise<void> {
  const nats = await connectNats(process.env.NATS_URL!, 'test-sink', testLog)
  const clickhouse = createClickhouse(process.env.CLICKHOUSE_URL!, 'test-sink')
  let inserts = 0
  const insert: typeof clickhouse.insert = async (params) => {
    const isPoint = params.table === `hexroute.${killAt.table}` && ++inserts === killAt.insert
    if (isPoint && killAt.when === 'before') process.kill(process.pid, 'SIGKILL')
    const result = await clickhouse.insert(params)
    if (isPoint) process.kill(process.pid, 'SIGKILL')
    return result
  }
  startSink({
    nats,
    clickhouse: { insert },
    databaseUrl: process.env.DATABASE_URL!,
    shard: '0',
    limits: { rowsMax: 200, bytesMax: 16 * 1024 ** 2, lingerMs: 20 },
    metrics: createMetrics('test-sink'),
    log: testLog,
  })
}
