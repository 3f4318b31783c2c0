import type { Clock } from '../../../kernel/clock.ts'

export type Kept<T> = {
  /** What is kept, else what `read` gives; those who ask meanwhile wait for the same answer. */
  get: (key: string, read: () => Promise<T>) => Promise<T>
  /** The next `get` reads again. */
  forget: (key: string) => void
}

type Entry<T> = { value: Promise<T>; untilMs: number }

/** More are asked again rather than kept. */
const KEYS_MAX = 20_000

/** Remembers one thing for each location for a while. A read that failed is not remembered. */
export function createKept<T>(keptMs: number, clock: Clock): Kept<T> {
  const kept = new Map<string, Entry<T>>()
  return {
    get: (key, read) => {
      const known = kept.get(key)
      if (known && known.untilMs > clock()) return known.value
      kept.delete(key)
      if (kept.size >= KEYS_MAX) kept.delete(kept.keys().next().value!)
      const entry = { value: read(), untilMs: clock() + keptMs }
      kept.set(key, entry)
      entry.value.catch(() => {
        if (kept.get(key) === entry) kept.delete(key)
      })
      return entry.value
    },
    forget: (key) => void kept.delete(key),
  }
}
