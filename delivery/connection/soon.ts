/**
 * Runs `work` for a key once it has been quiet for `quietMs`: an agency that installs the app in 10,000 sub-accounts sends
 * 10,000 webhooks and wants one reading.
 */
export function createSoon(quietMs: number, work: (key: string) => Promise<void>) {
  const waiting = new Map<string, NodeJS.Timeout>()
  return {
    want: (key: string): void => {
      clearTimeout(waiting.get(key))
      const timer = setTimeout(() => {
        waiting.delete(key)
        void work(key)
      }, quietMs)
      waiting.set(key, timer)
    },
    stop: (): void => {
      for (const timer of waiting.values()) clearTimeout(timer)
      waiting.clear()
    },
  }
}
