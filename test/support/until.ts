import { setTimeout as delay } from 'node:timers/promises'

/** Waits for a condition; says what it last saw when the deadline passes. */
export async function until<T>(
  what: string,
  withinMs: number,
  look: () => Promise<T>,
  isGood: (seen: T) => boolean,
  everyMs = 100,
): Promise<T> {
  const deadline = Date.now() + withinMs
  for (;;) {
    const seen = await look()
    if (isGood(seen)) return seen
    if (Date.now() > deadline)
      throw new Error(`not within ${withinMs} ms: ${what}; last seen ${JSON.stringify(seen)?.slice(0, 2_000)}`)
    await delay(everyMs)
  }
}
