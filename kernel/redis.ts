import { Redis } from 'ioredis'
import type { Logger } from './logger.ts'

/**
 * Commands wait for a reconnect no longer than their own time-out: a caller is told rather than queued for ever.
 * Offline queueing stays off, so nothing is sent to a Redis that came back empty before the caller has looked.
 */
export async function connectRedis(url: string, process: string, log: Logger): Promise<Redis> {
  const redis = new Redis(url, {
    connectionName: `hexroute-${process}`,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: 5_000,
    lazyConnect: true,
    retryStrategy: (attempt) => Math.min(50 * 2 ** attempt, 1_000),
  })
  redis.on('error', (error: Error) => log.warn({ error: error.message }, 'redis connection lost'))
  await redis.connect().catch(() => undefined)
  return redis
}
