import { Cluster, Redis, type RedisOptions } from 'ioredis'
import type { Logger } from './logger.ts'

export type RedisConnection = Redis | Cluster

/**
 * Several URLs, separated by commas, are nodes of one Redis Cluster; the others are learned from them.
 * Commands wait for a reconnect no longer than their own time-out: a caller is told rather than queued for ever.
 * Offline queueing stays off, so nothing is sent to a Redis that came back empty before the caller has looked.
 */
export async function connectRedis(url: string, process: string, log: Logger): Promise<RedisConnection> {
  const urls = url.split(',').map((part) => part.trim())
  const redis = urls.length === 1 ? connectSingle(urls[0]!, process) : connectCluster(urls, process)
  redis.on('error', (error: Error) => log.warn({ error: error.message }, 'redis connection lost'))
  await redis.connect().catch(() => undefined)
  return redis
}

/** The servers that hold keys: what scans, scans all of them. */
export const masters = (redis: RedisConnection): Redis[] => (redis instanceof Cluster ? redis.nodes('master') : [redis])

const retryDelayMs = (attempt: number): number => Math.min(50 * 2 ** attempt, 1_000)

const options = (process: string): RedisOptions => ({
  connectionName: `hexroute-${process}`,
  enableOfflineQueue: false,
  maxRetriesPerRequest: 0,
  commandTimeout: 5_000,
})

const connectSingle = (url: string, process: string): Redis =>
  new Redis(url, { ...options(process), lazyConnect: true, retryStrategy: retryDelayMs })

function connectCluster(urls: readonly string[], process: string): Cluster {
  return new Cluster([...urls], {
    redisOptions: options(process),
    enableOfflineQueue: false,
    lazyConnect: true,
    clusterRetryStrategy: retryDelayMs,
  })
}
