export type SharedReads = <T>(question: unknown[], read: () => Promise<T>) => Promise<T>

/** Distinct questions remembered; beyond this many the memory starts anew. */
const QUESTIONS_MAX = 2_000

/**
 * The same question within so many milliseconds is asked of the stores once: a thousand pages that cannot hold a stream
 * and ask every five seconds cost what one costs. What fails is forgotten.
 * @param nowMs a clock that never goes back
 */
export function createSharedReads(forMs: number, nowMs: () => number = () => performance.now()): SharedReads {
  const known = new Map<string, { untilMs: number; answer: Promise<unknown> }>()
  return <T>(question: unknown[], read: () => Promise<T>): Promise<T> => {
    const key = JSON.stringify(question)
    const entry = known.get(key)
    if (entry && entry.untilMs > nowMs()) return entry.answer as Promise<T>
    if (known.size >= QUESTIONS_MAX) known.clear()
    const answer = read()
    known.set(key, { untilMs: nowMs() + forMs, answer })
    answer.catch(() => known.delete(key))
    return answer
  }
}
