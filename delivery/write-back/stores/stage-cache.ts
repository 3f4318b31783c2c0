import type { Clock } from '../../../kernel/clock.ts'
import { GhlFault } from '../../ghl/steps/ghl-fault.ts'
import type { GhlClient } from '../../ghl/stores/ghl-client.ts'
import { firstStage } from '../steps/first-stage.ts'
import type { Stage } from '../steps/opportunity-body.ts'

export type StageCache = {
  get: (token: string, locationId: string) => Promise<Stage>
  /** GHL refused what was built on it: the next `get` asks again. */
  forget: (locationId: string) => void
}

const KEPT_MS = 10 * 60_000

/** Where new opportunities of a location start. Ids differ per location, so each is asked once and kept for a while. */
export function createStageCache(ghl: GhlClient, clock: Clock): StageCache {
  const kept = new Map<string, { stage: Stage; untilMs: number }>()
  return {
    get: async (token, locationId) => {
      const known = kept.get(locationId)
      if (known && known.untilMs > clock()) return known.stage
      const stage = firstStage(await ghl.listPipelines(token, locationId))
      if (!stage) {
        throw new GhlFault({ operation: 'find-stage', status: 404, message: `location ${locationId} has no pipeline` })
      }
      kept.set(locationId, { stage, untilMs: clock() + KEPT_MS })
      return stage
    },
    forget: (locationId) => void kept.delete(locationId),
  }
}
