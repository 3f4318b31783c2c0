import type { Logger } from '../../kernel/logger.ts'

export type SendLoop = { wake: () => void; stop: () => Promise<void> }

export type SendLoopOptions<T> = {
  /** The next message; empty when nothing is due. */
  take: () => Promise<readonly T[]>
  send: (taken: readonly T[]) => Promise<void>
  /** Messages under way at once. */
  slotsMax: number
  /** How often it is looked for what has become due. */
  pollMs: number
  log: Logger
}

/** Takes and sends, a few at a time, until stopped; stopping waits for what is under way. */
export function startSendLoop<T>({ take, send, slotsMax, pollMs, log }: SendLoopOptions<T>): SendLoop {
  const underWay = new Set<Promise<void>>()
  let isStopping = false
  let wake = (): void => undefined

  const rest = (): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, pollMs)
      wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  const turn = async (): Promise<void> => {
    if (underWay.size >= slotsMax) return Promise.race(underWay)
    const taken = await take()
    if (isStopping && taken.length === 0) return
    if (taken.length === 0) return rest()
    const done = send(taken)
      // The lease ends by itself: the sweep settles what is left.
      .catch((error: Error) => log.error({ error: error.message }, 'sending notices failed'))
      .finally(() => underWay.delete(done))
    underWay.add(done)
  }
  const loop = (async () => {
    while (!isStopping) {
      await turn().catch(async (error: Error) => {
        log.warn({ error: error.message }, 'no notices can be taken')
        await rest()
      })
    }
    await Promise.all(underWay)
  })()
  return {
    wake: () => wake(),
    stop: async () => {
      isStopping = true
      wake()
      await loop
    },
  }
}
