import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { startSink } from '../../analytics/sink/start-sink.ts'
import { createClickhouse } from '../../kernel/clickhouse.ts'
import { createMetrics } from '../../kernel/metrics.ts'
import { connectNats } from '../../kernel/nats.ts'
import { programArguments } from '../../local/program-arguments.ts'
import { testLog } from './analytics-log.ts'

/**
 * Before or after the nth insert into a table of ClickHouse (`*`: any), the nth saving of a plan (`plan`) or its marking as
 * done (`done`) the process kills itself; `during` an insert it kills ClickHouse, of `clickhousePid`.
 */
export type KillAt = { when: 'before' | 'after' | 'during'; table: string; insert: number; clickhousePid?: number }
export type SinkProcessOptions = {
  killAt?: KillAt
  /** Makes other rows of the same messages under another version, as the next release of the sink may. */
  rowVersion?: number
}

/** A sink in a process of its own. */
export function spawnSink(env: Record<string, string>, options: SinkProcessOptions): ChildProcess {
  return spawn(process.execPath, programArguments('test/support/sink-process.ts'), {
    env: { ...process.env, ...env, SINK_PROCESS: JSON.stringify(options) },
    stdio: ['ignore', 'inherit', 'inherit'],
  })
}

/** A sink that dies of SIGKILL at the point named; resolves with the signal. */
export async function sinkThatDies(env: Record<string, string>, killAt: KillAt): Promise<NodeJS.Signals | null> {
  const [, signal] = (await once(spawnSink(env, { killAt }), 'exit')) as [number | null, NodeJS.Signals | null]
  return signal
}

if (process.env.SINK_PROCESS) await main(JSON.parse(process.env.SINK_PROCESS) as SinkProcessOptions)

async function main({ killAt, rowVersion }: SinkProcessOptions): Promise<void> {
  const nats = await connectNats(process.env.NATS_URL!, 'test-sink', testLog)
  const clickhouse = createClickhouse(process.env.CLICKHOUSE_URL!, 'test-sink')
  const around = createDeath(killAt)
  const insert: typeof clickhouse.insert = (params) => {
    const values = (
      rowVersion && Array.isArray(params.values) ? params.values.map(inNextVersion) : params.values
    ) as typeof params.values
    return around(params.table.replace('hexroute.', ''), () => clickhouse.insert({ ...params, values }))
  }
  watchPlans(around, rowVersion)
  startSink({
    nats,
    clickhouse: { insert, query: clickhouse.query.bind(clickhouse) },
    database: 'hexroute',
    databaseUrl: process.env.DATABASE_URL!,
    shards: 2,
    // Long enough that a batch of 200 does not depend on how fast the machine is.
    limits: { rowsMax: 200, bytesMax: 16 * 1024 ** 2, lingerMs: 300 },
    metrics: createMetrics('test-sink'),
    log: testLog,
  })
}

type Around = <T>(point: string, act: () => Promise<T>) => Promise<T>

function createDeath(killAt: KillAt | undefined): Around {
  let count = 0
  return async (point, act) => {
    const isKind = killAt && (killAt.table === point || (killAt.table === '*' && point !== 'plan' && point !== 'done'))
    const isPoint = isKind && ++count === killAt.insert
    if (isPoint && killAt.when === 'before') process.kill(process.pid, 'SIGKILL')
    const acting = act()
    if (isPoint && killAt.when === 'during') {
      await Promise.race([acting.catch(() => undefined), pause(4)])
      process.kill(killAt.clickhousePid!, 'SIGKILL')
    }
    const result = await acting
    if (isPoint && killAt.when === 'after') process.kill(process.pid, 'SIGKILL')
    return result
  }
}

/** The sink opens its connection to Postgres itself: its steps are known by their statements. */
function watchPlans(around: Around, rowVersion: number | undefined): void {
  const query = pg.Client.prototype.query as (sql: string, values?: unknown[]) => Promise<unknown>
  const watched = function (this: pg.Client, sql: string, values?: unknown[]): Promise<unknown> {
    if (typeof sql === 'string' && sql.includes('INSERT INTO hexroute.sink_plans')) {
      const ofVersion = values?.map((value, n) => (rowVersion && n === 7 ? `${value}:${rowVersion}` : value))
      return around('plan', () => query.call(this, sql, ofVersion))
    }
    if (typeof sql === 'string' && sql.includes(`SET state = 'done'`))
      return around('done', () => query.call(this, sql, values))
    return query.call(this, sql, values)
  }
  Object.assign(pg.Client.prototype, { query: watched })
}

const inNextVersion = (row: object): object => ('entity_id' in row ? { ...row, entity_id: `v:${row.entity_id}` } : row)
