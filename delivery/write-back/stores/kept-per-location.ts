import type { Clock } from '../../../kernel/clock.ts'

export type KeptPerLocation<T> = {
  /** What is kept, else what `read` gives; those who ask meanwhile wait for the same answer. */
  get: (locationId: string, read: () => Promise<T>) => Promise<T>
  /** The next `get` reads again. */
  forget: (locationId: string) => void
}

type Entry<T> = { value: Promise<T>; untilMs: number }

/** More are asked again rather than kept. */
const LOCATIONS_MAX = 20_000

/** Remembers one thing for each location for a while. A read that failed is not remembered. */
export function createKeptPerLocation<T>(keptMs: number, clock: Clock): KeptPerLocation<T> {
  const kept = new Map<string, Entry<T>>()
  return {
    get: (locationId, read) => {
      const known = kept.get(locationId)
      if (known && known.untilMs > clock()) return known.value
      kept.delete(locationId)
      if (kept.size >= LOCATIONS_MAX) kept.delete(kept.keys().next().value!)
      const entry = { value: read(), untilMs: clock() + keptMs }
      kept.set(locationId, entry)
      entry.value.catch(() => {
        if (kept.get(locationId) === entry) kept.delete(locationId)
      })
      return entry.value
    },
    forget: (locationId) => void kept.delete(locationId),
  }
}
