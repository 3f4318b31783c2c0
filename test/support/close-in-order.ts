import { setTimeout as delay } from 'node:timers/promises'

const CLOSE_WITHIN_MS = 30_000

/** Closes one after the other, the later ones also when one fails. One that hangs is named: a hook's time-out would not say which. */
export async function closeInOrder(parts: Record<string, () => unknown>): Promise<void> {
  const faults: Error[] = []
  for (const [name, close] of Object.entries(parts)) {
    const giveUp = new AbortController()
    const limit = delay(CLOSE_WITHIN_MS, undefined, { signal: giveUp.signal }).then(
      () => faults.push(new Error(`${name} did not close within ${CLOSE_WITHIN_MS} ms`)),
      () => undefined,
    )
    const closed = Promise.resolve()
      .then(close)
      .catch((error: Error) => faults.push(new Error(`${name}: ${error.message}`, { cause: error })))
    await Promise.race([closed, limit])
    giveUp.abort()
  }
  if (faults.length > 0) throw new AggregateError(faults, faults.map(({ message }) => message).join('; '))
}
