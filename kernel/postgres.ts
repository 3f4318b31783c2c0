import pg from 'pg'
import type { Logger } from './logger.ts'

export type Postgres = pg.Pool

export type PostgresOptions = {
  url: string
  process: string
  connectionsMax: number
  /** Opened at once and kept; the others come when they are wanted and go after 10 s. None where not said. */
  connectionsKept?: number
  log: Logger
}

// bigint counts stay far below 2^53; strings would leak into arithmetic.
pg.types.setTypeParser(pg.types.builtins.INT8, Number)

/** A pool whose broken idle connections are logged instead of ending the process, and whose waits are bounded. */
export function createPostgres({ url, process, connectionsMax, connectionsKept = 0, log }: PostgresOptions): Postgres {
  const pool = new pg.Pool({
    connectionString: url,
    application_name: `hexroute-${process}`,
    max: connectionsMax,
    min: connectionsKept,
    connectionTimeoutMillis: 5_000,
    statement_timeout: 30_000,
    idle_in_transaction_session_timeout: 30_000,
  })
  pool.on('error', (error) => log.warn({ error: error.message }, 'postgres connection lost'))
  // The pool listens to idle connections only: one that is lost between two queries of a transaction would end the process.
  pool.on('connect', (client) => client.on('error', () => undefined))
  // Whoever needs Postgres says that it is away.
  for (let n = 0; n < connectionsKept; n += 1)
    pool.connect().then(
      (client) => client.release(),
      () => undefined,
    )
  return pool
}

/** Runs `work` in one transaction; rolls back and rethrows on any fault. */
export async function transaction<T>(pool: Postgres, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect()
  let broken: Error | undefined
  try {
    await client.query('BEGIN')
    const result = await work(client)
    await client.query('COMMIT')
    return result
  } catch (error) {
    await client.query('ROLLBACK').catch((rollbackError: Error) => {
      broken = rollbackError
    })
    throw error
  } finally {
    client.release(broken)
  }
}
