import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import type { Logger } from '../../kernel/logger.ts'

export type Query = <Row>(sql: string, values: unknown[]) => Promise<{ rows: Row[]; rowCount: number | null }>
export type ShardLock = {
  /** On the connection that holds the lock: who has lost the lock cannot write a plan. One query after another. */
  query: Query
  /** Aborted as soon as the connection, and with it the lock, is gone. */
  lost: AbortSignal
  release: () => Promise<void>
}

export type ShardLockOptions = {
  databaseUrl: string
  /** One lock each, so that processes which divide the streams otherwise never write one together. */
  streams: string[]
  database: string
  /** Shards that this process holds already: it leaves others a second per shard to be quicker. */
  heldCount: () => number
  log: Logger
  stop: AbortSignal
}

const CONTEND_EVERY_MS = 250
const YIELD_PER_SHARD_MS = 1_000
const HEARTBEAT_EVERY_MS = 2_000
/** A query on the lock's connection that takes longer means that Postgres is gone without having closed the socket. */
const QUERY_TIMEOUT_MS = 10_000

/** Waits until this process is the one sink of the shard. Null when it was told to stop before. */
export async function holdShard(options: ShardLockOptions): Promise<ShardLock | null> {
  while (!options.stop.aborted) {
    const client = new pg.Client({
      connectionString: options.databaseUrl,
      application_name: 'hexroute-sink',
      connectionTimeoutMillis: 5_000,
      query_timeout: QUERY_TIMEOUT_MS,
      keepAlive: true,
    })
    const lost = new AbortController()
    client.on('error', () => lost.abort())
    client.on('end', () => lost.abort())
    try {
      await client.connect()
      // A host that vanished keeps its session, and so the lock, until Postgres notices: after 20 s instead of 2 h.
      await client.query(
        `SELECT set_config(name, value, false) FROM (VALUES ('tcp_keepalives_idle', '10'),
           ('tcp_keepalives_interval', '5'), ('tcp_keepalives_count', '2')) AS setting (name, value)`,
      )
      await contend(client, options)
      if (!options.stop.aborted) return held(client, lost, options.log)
    } catch (error) {
      options.log.warn(
        { streams: options.streams, error: (error as Error).message },
        'sink cannot contend for its shard',
      )
    }
    await client.end().catch(() => undefined)
    if (!options.stop.aborted) await pause(CONTEND_EVERY_MS * 4)
  }
  return null
}

async function contend(client: pg.Client, { streams, database, heldCount, stop }: ShardLockOptions): Promise<void> {
  const names = streams.map((stream) => `hexroute.sink.${database}.${stream}`)
  while (!stop.aborted) {
    await pause(heldCount() * YIELD_PER_SHARD_MS, undefined, { signal: stop }).catch(() => undefined)
    if (!stop.aborted && (await lockAll(client, names))) return
    await pause(CONTEND_EVERY_MS)
  }
}

/** All or none: half of a shard would keep others from the whole. */
async function lockAll(client: pg.Client, names: string[]): Promise<boolean> {
  for (const [n, name] of names.entries()) {
    const { rows } = await client.query<{ held: boolean }>(
      'SELECT pg_try_advisory_lock(hashtextextended($1, 0)) AS held',
      [name],
    )
    if (rows[0]!.held) continue
    for (const taken of names.slice(0, n)) {
      await client.query('SELECT pg_advisory_unlock(hashtextextended($1, 0))', [taken])
    }
    return false
  }
  return true
}

function held(client: pg.Client, lost: AbortController, log: Logger): ShardLock {
  const query = oneAfterAnother(client)
  const heartbeat = setInterval(() => {
    query('SELECT 1', []).catch((error: Error) => {
      log.warn({ error: error.message }, 'sink lost its shard')
      lost.abort()
    })
  }, HEARTBEAT_EVERY_MS)
  lost.signal.addEventListener('abort', () => clearInterval(heartbeat))
  return {
    query,
    lost: lost.signal,
    release: async () => {
      clearInterval(heartbeat)
      await client.end().catch(() => undefined)
    },
  }
}

/** The four streams share the connection, which takes one query at a time. */
function oneAfterAnother(client: pg.Client): Query {
  let last: Promise<unknown> = Promise.resolve()
  return <Row>(sql: string, values: unknown[]) => {
    const answer = last.then(() => client.query<Row & pg.QueryResultRow>(sql, values))
    last = answer.catch(() => undefined)
    return answer
  }
}
