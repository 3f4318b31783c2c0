import type { ClickHouseClient } from '@clickhouse/client'
import type { Logger } from '../kernel/logger.ts'
import type { Nats } from '../kernel/nats.ts'
import type { Postgres } from '../kernel/postgres.ts'
import type { RedisConnection } from '../kernel/redis.ts'
import { readEndpoints } from './endpoints.ts'
import { Failure } from './failure.ts'

const CONNECTIONS_MAX = 2

/** Runs `work` on the Postgres of DATABASE_URL, else on that of what runs here. The drivers load only for who needs them. */
export async function withPostgres<T>(work: (pool: Postgres, log: Logger) => Promise<T>): Promise<T> {
  const url = address('DATABASE_URL', 'postgres', 'NO_DATABASE')
  const { createPostgres } = await import('../kernel/postgres.ts')
  const { createLogger } = await import('../kernel/logger.ts')
  const log = createLogger('hexroute', 'silent')
  const pool = createPostgres({ url, process: 'cli', connectionsMax: CONNECTIONS_MAX, log })
  try {
    return await work(pool, log)
  } catch (error) {
    if (error instanceof Failure || !isOutage(error)) throw error
    throw new Failure('STORE_FAILED', `A store does not answer as it should: ${wordsOf(error)}.`)
  } finally {
    await pool.end()
  }
}

/** The same with the Redis of REDIS_URL. */
export async function withStores<T>(
  work: (pool: Postgres, redis: RedisConnection, log: Logger) => Promise<T>,
): Promise<T> {
  const url = address('REDIS_URL', 'redis', 'NO_REDIS')
  return withPostgres(async (pool, log) => {
    const { connectRedis } = await import('../kernel/redis.ts')
    const redis = await connectRedis(url, 'cli', log)
    try {
      return await work(pool, redis, log)
    } finally {
      redis.disconnect()
    }
  })
}

/** The Postgres of keys and the ClickHouse of CLICKHOUSE_URL, else those of what runs here. */
export async function withKeysAndClickhouse<T>(
  work: (stores: { postgres: Postgres; clickhouse: ClickHouseClient }) => Promise<T>,
): Promise<T> {
  const url = address('CLICKHOUSE_URL', 'clickhouse', 'NO_CLICKHOUSE')
  return withPostgres(async (postgres) => {
    const { createClickhouse } = await import('../kernel/clickhouse.ts')
    const clickhouse = createClickhouse(url, 'cli', 2)
    try {
      return await work({ postgres, clickhouse })
    } finally {
      await clickhouse.close()
    }
  })
}

type AnalyticsStores = { databaseUrl: string; postgres: Postgres; clickhouse: ClickHouseClient; nats: Nats }

/** The stores of analytics: DATABASE_URL, CLICKHOUSE_URL and NATS_URL, else those of what runs here. */
export async function withAnalyticsStores<T>(work: (stores: AnalyticsStores) => Promise<T>): Promise<T> {
  const databaseUrl = address('DATABASE_URL', 'postgres', 'NO_DATABASE')
  const clickhouseUrl = address('CLICKHOUSE_URL', 'clickhouse', 'NO_CLICKHOUSE')
  const natsUrl = address('NATS_URL', 'nats', 'NO_NATS')
  return withPostgres(async (postgres, log) => {
    const { createClickhouse } = await import('../kernel/clickhouse.ts')
    const { connectNats } = await import('../kernel/nats.ts')
    const clickhouse = createClickhouse(clickhouseUrl, 'rebuild', 2, LONG_MS)
    const nats = await connectNats(natsUrl, 'rebuild', log)
    try {
      return await work({ databaseUrl, postgres, clickhouse, nats })
    } finally {
      await nats.connection.close()
      await clickhouse.close()
    }
  })
}

/** One statement copies a table of years. */
const LONG_MS = 24 * 3_600_000

type Variable = 'DATABASE_URL' | 'REDIS_URL' | 'CLICKHOUSE_URL' | 'NATS_URL'

function address(variable: Variable, name: 'postgres' | 'redis' | 'clickhouse' | 'nats', code: string): string {
  const url = process.env[variable] ?? readEndpoints()[name]
  if (url) return url
  const message = `Say where it is: ${variable} is not set, and hexroute does not run here (npm start).`
  throw new Failure(code, message, { isUsage: true })
}

/** What a driver or a server says has a code; a fault of this program has none. */
const isOutage = (error: unknown): error is Error & { code?: string } =>
  error instanceof Error && ('code' in error || /redis|stream isn't writeable|connection/i.test(error.message))

const wordsOf = (error: Error & { code?: string }): string => error.message || error.code || error.name
