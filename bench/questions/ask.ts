import { quantile } from '../decide/statistics.ts'

const WARM_UP = 2

/** Of one question: wall time of the answers, and what an answer costs the store's processes; milliseconds. */
export type Cost = { p50Ms: number; p95Ms: number; processorMs: number }

/**
 * Each of `tries` answers, read whole, one after another, after two that do not count.
 * @param spentMs processor time of the store so far, in milliseconds
 */
export async function ask(tries: number, question: () => Promise<unknown>, spentMs: () => number): Promise<Cost> {
  for (let i = 0; i < WARM_UP; i += 1) await question()
  const before = spentMs()
  const tookMs: number[] = []
  for (let i = 0; i < tries; i += 1) {
    const start = performance.now()
    await question()
    tookMs.push(performance.now() - start)
  }
  const processorMs = (spentMs() - before) / tries
  return { p50Ms: quantile(tookMs, 0.5), p95Ms: quantile(tookMs, 0.95), processorMs }
}
