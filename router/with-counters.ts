import { CountersNotReady } from './stores/capacity.ts'
import { StaleEpoch } from './stores/routed.ts'

export type WithCounters = <T>(act: () => Promise<T>) => Promise<T>

const REBUILDS_MAX = 3

/** Rebuilds lost counters and tries again: leads wait meanwhile, none is refused. */
export function createWithCounters(rebuildCounters: (tenant: string) => Promise<unknown>): WithCounters {
  return async (act) => {
    for (let rebuilds = 0; ; rebuilds += 1) {
      try {
        return await act()
      } catch (error) {
        const isLost = error instanceof CountersNotReady || error instanceof StaleEpoch
        if (!isLost || rebuilds === REBUILDS_MAX) throw error
        await rebuildCounters(error.tenant)
      }
    }
  }
}
