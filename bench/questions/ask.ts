import { quantile } from '../decide/statistics.ts'

const WARM_UP = 2

/** Milliseconds of each of `tries` answers, read whole, one after another, after two that do not count. */
export async function ask(tries: number, question: () => Promise<unknown>): Promise<{ p50Ms: number; p95Ms: number }> {
  const tookMs: number[] = []
  for (let i = -WARM_UP; i < tries; i += 1) {
    const start = performance.now()
    await question()
    if (i >= 0) tookMs.push(performance.now() - start)
  }
  return { p50Ms: quantile(tookMs, 0.5), p95Ms: quantile(tookMs, 0.95) }
}
