import type { Clock } from '../../../kernel/clock.ts'

export type WhileRedisAnswers = {
  /** Undefined: Redis is away, or has just failed. */
  ask: <T>(question: () => Promise<T>) => Promise<T | undefined>
  isAway: () => boolean
}

/** A Redis that failed is left alone so long, then one call asks; the others would all wait for its time-out. */
const AWAY_MS = 1_000
const PROBE_MS = 6_000

/** Questions to a Redis that may fail or hang: one caller in a while pays for finding out, nobody else. */
export function createWhileRedisAnswers(clock: Clock, onAway: (error: Error) => void): WhileRedisAnswers {
  let isAway = false
  let awayUntilMs = 0
  return {
    isAway: () => isAway,
    ask: async (question) => {
      if (clock() < awayUntilMs) return undefined
      if (isAway) awayUntilMs = clock() + PROBE_MS
      try {
        const answer = await question()
        isAway = false
        awayUntilMs = 0
        return answer
      } catch (error) {
        if (!isAway) onAway(error as Error)
        isAway = true
        awayUntilMs = clock() + AWAY_MS
        return undefined
      }
    },
  }
}
