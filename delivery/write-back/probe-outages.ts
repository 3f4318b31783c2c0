import type { Logger } from '../../kernel/logger.ts'
import { classifyFault } from '../ghl/steps/classify-fault.ts'
import type { GhlClient } from '../ghl/stores/ghl-client.ts'
import type { LocationTokens } from '../ghl/stores/location-tokens.ts'
import { withToken } from '../ghl/stores/with-token.ts'
import type { OutageStore } from './stores/outage-store.ts'

export type ProbeDeps = {
  outages: OutageStore
  tokens: LocationTokens
  /** Of bulk priority: leads come first. */
  ghl: Pick<GhlClient, 'listPipelines'>
  everyMs: number
  onOpen: (count: number) => void
  log: Logger
}

/**
 * Asks GHL for each location that is out whether it is well again, one at a time and each once in `everyMs`, whichever
 * process does it; then leads go there again. @returns stop, which waits for the look under way.
 */
export function startProber(deps: ProbeDeps): () => Promise<void> {
  let underWay: Promise<void> | undefined
  let isStopped = false
  const look = (): void => {
    underWay ??= probeAll(deps, () => isStopped)
      .catch((error: Error) => deps.log.warn({ error: error.message }, 'outages not looked at'))
      .finally(() => {
        underWay = undefined
      })
  }
  const timer = setInterval(look, Math.min(deps.everyMs, LOOK_MS_MAX))
  return async () => {
    isStopped = true
    clearInterval(timer)
    await underWay
  }
}

const LOOK_MS_MAX = 5_000

async function probeAll(deps: ProbeDeps, isStopped: () => boolean): Promise<void> {
  const { outages, everyMs, log } = deps
  while (!isStopped()) {
    const outage = await outages.take(everyMs)
    if (!outage) break
    const { locationId, tenant } = outage
    const code = await faultOf(deps, tenant, locationId)
    if (code === null) {
      await outages.end(outage)
      log.info({ locationId, since: outage.since }, 'location is back')
    } else log.debug({ locationId, code }, 'location is still out')
  }
  deps.onOpen(await outages.openCount())
}

async function faultOf({ tokens, ghl }: ProbeDeps, tenant: string, locationId: string): Promise<string | null> {
  try {
    // One of the calls that a lead needs: GHL may show a suspended sub-account's profile all the same.
    await withToken(tokens.of(tenant, locationId), (token) => ghl.listPipelines(token, locationId))
    return null
  } catch (error) {
    return classifyFault(error).code
  }
}
