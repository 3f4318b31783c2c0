import type { Listener } from './channel.ts'
import type { Cursor } from './cursor.ts'
import { createTenantWatch, type TenantWatch } from './tenant-watch.ts'
import type { LiveSources, Topic } from './topic.ts'

export type LiveHub = {
  listen: (topic: Topic, after: Cursor | null, listener: Listener) => () => void
  count: () => number
  close: () => Promise<void>
}

/** Tenants read at once. More wait for their turn within the round: the store's work is bounded, whoever listens. */
const TENANTS_AT_ONCE = 4

/** One timer for all: a round reads every tenant that somebody listens to, once. */
export function createLiveHub(sources: LiveSources): LiveHub {
  const watches = new Map<string | null, TenantWatch>()
  let count = 0
  let timer: NodeJS.Timeout | undefined
  let round: Promise<void> | undefined

  async function refreshAll(): Promise<void> {
    const beganMs = performance.now()
    const waiting = [...watches.values()]
    const readOne = async (): Promise<void> => {
      for (let watch = waiting.pop(); watch; watch = waiting.pop()) await watch.refresh()
    }
    await Promise.all(Array.from({ length: TENANTS_AT_ONCE }, readOne))
    sources.onRound(performance.now() - beganMs)
  }
  // A slow store must not pile up questions: the next tick asks again.
  const tick = (): void => {
    round ??= refreshAll().finally(() => {
      round = undefined
    })
  }

  return {
    listen: (topic, after, listener) => {
      const { tenant } = topic.scope
      const watch = watches.get(tenant) ?? createTenantWatch(tenant, sources)
      watches.set(tenant, watch)
      timer ??= setInterval(tick, sources.everyMs)
      count += 1
      const leave = watch.join(topic, after, listener)
      return () => {
        leave()
        count -= 1
        if (watch.isIdle() && watches.get(tenant) === watch) watches.delete(tenant)
        if (watches.size > 0) return
        clearInterval(timer)
        timer = undefined
      }
    },
    count: () => count,
    close: async () => {
      clearInterval(timer)
      await round
      await Promise.all([...watches.values()].map((watch) => watch.settled()))
      watches.clear()
    },
  }
}
