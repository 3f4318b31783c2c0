import type { Logger } from '../kernel/logger.ts'

/** Runs a chore again and again, one at a time; a fault is logged and the next turn tries again. @returns stop */
export function keepEvery(everyMs: number, chore: string, run: () => Promise<unknown>, log: Logger): () => void {
  let isRunning = false
  const timer = setInterval(() => {
    if (isRunning) return
    isRunning = true
    run()
      .catch((error: Error) => log.warn({ chore, error: error.message }, 'chore failed'))
      .finally(() => {
        isRunning = false
      })
  }, everyMs)
  return () => clearInterval(timer)
}
