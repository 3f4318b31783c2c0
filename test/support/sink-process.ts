import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import type { ClickHouseClient } from '@clickhouse/client'
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
  isNextVersion?: boolean
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

async function main({ killAt, isNextVersion }: SinkProcessOptions): Promise<void> {
  const nats = await connectNats(process.env.NATS_URL!, 'test-sink', testLog)
  const clickhouse = createClickhouse(process.env.CLICKHOUSE_URL!, 'test-sink')
  const around = createDeath(killAt)
  const planned = watchPlans(around, isNextVersion)
  const insert: typeof clickhouse.insert = (params) => {
    const ofVersion = isNextVersion ? inNextVersion(params, planned) : params
    return around(params.table.replace('hexroute.', ''), () => clickhouse.insert(ofVersion))
  }
  startSink({
    nats,
    clickhouse: { insert, query: clickhouse.query.bind(clickhouse), command: clickhouse.command.bind(clickhouse) },
    database: 'hexroute',
    databaseUrl: process.env.DATABASE_URL!,
    shards: 2,
    // Long enough that a batch of 200 does not depend on how fast the machine is.
    limits: { rowsMax: 200, bytesMax: 16 * 1024 ** 2, lingerMs: 300 },
    audit: { everyMs: 60_000, afterMs: 60_000, againMs: 3_600_000 },
    metrics: createMetrics('test-sink'),
    log: testLog,
  })
}

type InsertParams = Parameters<ClickHouseClient['insert']>[0]
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

/**
 * The sink opens its connection to Postgres itself: its steps are known by their statements. Tokens of the plans that it
 * saves are those of its version, and are given back as they were without.
 */
function watchPlans(around: Around, isNextVersion: boolean | undefined): Set<string> {
  const planned = new Set<string>()
  const query = pg.Client.prototype.query as (sql: string, values?: unknown[]) => Promise<unknown>
  const watched = function (this: pg.Client, sql: string, values?: unknown[]): Promise<unknown> {
    if (typeof sql === 'string' && sql.includes('INSERT INTO hexroute.sink_plans')) {
      const token = String(values!.at(-1))
      if (isNextVersion) planned.add(token)
      const ofVersion = isNextVersion ? [...values!.slice(0, -1), `${token}${nextVersion}`] : values
      return around('plan', () => query.call(this, sql, ofVersion))
    }
    if (typeof sql === 'string' && sql.includes(`SET state = 'done'`))
      return around('done', () => query.call(this, sql, values))
    return query.call(this, sql, values)
  }
  Object.assign(pg.Client.prototype, { query: watched })
  return planned
}

const nextVersion = '+1'

/** A plan of the version before keeps its token, as it would after an upgrade. */
function inNextVersion(params: InsertParams, planned: Set<string>): InsertParams {
  const { values, columns, clickhouse_settings: settings } = params
  const entity = (columns as readonly string[]).indexOf('entity_id')
  const token = String(settings!.insert_deduplication_token)
  const own = [...planned].find((saved) => token.startsWith(`${saved}:`))
  return {
    ...params,
    values: (values as unknown[][]).map((row) => (entity < 0 ? row : row.with(entity, `v:${row[entity]}`))),
    clickhouse_settings: {
      ...settings,
      insert_deduplication_token: own ? token.replace(own, `${own}${nextVersion}`) : token,
    },
  }
}
