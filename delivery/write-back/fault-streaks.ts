const STREAK_MIN = 3
const REST_MS_MAX = 60_000

export type FaultStreaks = {
  /** Counts one more unanswered try; gives how long the location should rest, 0 while it may be chance. */
  fault: (locationId: string) => number
  success: (locationId: string) => void
}

/** Tells a location that does not answer from a single failed call: from the third in a row on it rests 1, 2, 4 ... 60 s. */
export function createFaultStreaks(): FaultStreaks {
  const streaks = new Map<string, number>()
  return {
    fault: (locationId) => {
      const streak = (streaks.get(locationId) ?? 0) + 1
      streaks.set(locationId, streak)
      return streak < STREAK_MIN ? 0 : Math.min(1_000 * 2 ** Math.min(streak - STREAK_MIN, 10), REST_MS_MAX)
    },
    success: (locationId) => void streaks.delete(locationId),
  }
}
