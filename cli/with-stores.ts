import type { Logger } from '../kernel/logger.ts'
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

function address(variable: 'DATABASE_URL' | 'REDIS_URL', name: 'postgres' | 'redis', code: string): string {
  const url = process.env[variable] ?? readEndpoints()[name]
  if (url) return url
  const message = `Say where it is: ${variable} is not set, and hexroute does not run here (npm start).`
  throw new Failure(code, message, { isUsage: true })
}

/** What a driver or a server says has a code; a fault of this program has none. */
const isOutage = (error: unknown): error is Error & { code?: string } =>
  error instanceof Error && ('code' in error || /redis|stream isn't writeable|connection/i.test(error.message))

const wordsOf = (error: Error & { code?: string }): string => error.message || error.code || error.name
