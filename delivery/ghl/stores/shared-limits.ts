import { readFileSync } from 'node:fs'
import type { RedisConnection } from '../../../kernel/redis.ts'
import type { LimitsLeft } from '../steps/rate-headers.ts'
import type { Priority } from './call-gate.ts'

export type Limits = {
  /** Calls per rolling window and per day, of each sub-account and each company. */
  callsMax: number
  windowMs: number
  callsPerDayMax: number
  /** Of both, for bulk work. */
  bulkShare: number
}

export type Taken = {
  /** 0: the calls are counted and may go out. */
  waitMs: number
  leftInWindow: number
  leftToday: number
  /** Until the window's oldest call leaves it, 0 when there is none. */
  leavesInMs: number
  /** By the clock of Redis. */
  atMs: number
}

export type SharedLimits = {
  /** One call to Redis. With 0 calls it only looks. */
  take: (bucket: string, calls: number, priority: Priority) => Promise<Taken>
  /** What GHL said of the bucket; `restMs` 0: no rest. */
  adopt: (bucket: string, said: LimitsLeft & { restMs: number }) => Promise<void>
}

/** GHL's day is another than ours when it has so many more calls left than we think. */
export const OTHER_DAY_CALLS = 1_000

/** GHL's limits as all delivery processes share them: counted in Redis, each bucket in a hash slot of its own. */
export function createSharedLimits(redis: RedisConnection, limits: Limits): SharedLimits {
  const { callsMax, windowMs, callsPerDayMax, bulkShare } = limits
  const scripts = defineScripts(redis)
  return {
    take: async (bucket, calls, priority) => {
      const args = [calls, windowMs, callsMax, callsPerDayMax, priority, bulkShare]
      const answer = await scripts.hxTakeCalls(3, ...keysOf(bucket), ...args)
      const [waitMs, leftInWindow, leftToday, leavesInMs, atMs] = answer
      return { waitMs, leftInWindow, leftToday, leavesInMs, atMs }
    },
    adopt: async (bucket, { remaining, dailyRemaining, restMs }) => {
      const said = [remaining ?? -1, dailyRemaining ?? -1, Math.ceil(restMs), OTHER_DAY_CALLS]
      await scripts.hxAdoptLimits(3, ...keysOf(bucket), windowMs, callsMax, callsPerDayMax, ...said)
    },
  }
}

const keysOf = (bucket: string): string[] => ['calls', 'day', 'rest'].map((key) => `hx:ghl:{${bucket}}:${key}`)

type Answer = [number, number, number, number, number]
type Script<T> = (keys: number, ...rest: (string | number)[]) => Promise<T>
type Scripts = { hxTakeCalls: Script<Answer>; hxAdoptLimits: Script<string> }

function defineScripts(redis: RedisConnection): Scripts {
  const script = (name: string): string => readFileSync(new URL(`./${name}.lua`, import.meta.url), 'utf8')
  redis.defineCommand('hxTakeCalls', { lua: script('take-calls') })
  redis.defineCommand('hxAdoptLimits', { lua: script('adopt-limits') })
  return redis as unknown as Scripts
}
