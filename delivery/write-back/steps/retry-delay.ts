const DELAY_MS_MAX = 60_000
const SPREAD = 0.2

/** 1 s, 2 s, 4 s ... 60 s after the first, second, third try, spread by a fifth so that many do not come back at once. */
export function retryDelayMs(tries: number, random: number): number {
  const plain = Math.min(1_000 * 2 ** Math.min(tries - 1, 10), DELAY_MS_MAX)
  return Math.round(plain * (1 - SPREAD * random))
}
