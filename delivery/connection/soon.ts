/** How long until work that could not be done is tried again; null when it is done, or trying again would not help. */
export type Again = number | null

/**
 * Runs `work` for a key once it has been quiet for `quietMs`: an agency that installs the app in 10,000 sub-accounts sends
 * 10,000 webhooks and wants one reading. `failedBefore` counts the tries since then that wanted another.
 */
export function createSoon(quietMs: number, work: (key: string, failedBefore: number) => Promise<Again>) {
  const waiting = new Map<string, NodeJS.Timeout>()
  let isStopped = false

  const run = async (key: string, failedBefore: number): Promise<void> => {
    waiting.delete(key)
    const again = await work(key, failedBefore)
    // Who wanted it meanwhile gets it sooner.
    if (again !== null && !waiting.has(key)) wait(key, again, failedBefore + 1)
  }
  const wait = (key: string, ms: number, failedBefore: number): void => {
    if (isStopped) return
    clearTimeout(waiting.get(key))
    waiting.set(
      key,
      setTimeout(() => void run(key, failedBefore), ms),
    )
  }
  return {
    want: (key: string): void => wait(key, quietMs, 0),
    stop: (): void => {
      isStopped = true
      for (const timer of waiting.values()) clearTimeout(timer)
      waiting.clear()
    },
  }
}
