import type { QueueStore } from './stores/queue-store.ts'

export type LiveWaiting = {
  /** Location -> held leads that wait for it. */
  of: (tenant: string) => Record<string, number>
  refresh: () => Promise<void>
}

const nobody: Record<string, number> = {}

/** How many held leads come before a new one, as of a second ago. */
export function createLiveWaiting(queues: QueueStore): LiveWaiting {
  let waiting = new Map<string, Record<string, number>>()
  return {
    of: (tenant) => waiting.get(tenant) ?? nobody,
    refresh: async () => {
      waiting = await queues.waiting()
    },
  }
}
