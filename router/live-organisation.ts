import { type CompiledRuleset, compileRuleset } from '../decide/compile-ruleset.ts'
import type { Logger } from '../kernel/logger.ts'
import type { KnownLocation, RulesetStore } from './stores/ruleset-store.ts'

/** What the router keeps in memory of the organisation, brought up to date by polling and on request. */
export type LiveOrganisation = {
  location: (locationId: string) => KnownLocation | undefined
  /** Not active ones among these. */
  statuses: (locationIds: readonly string[]) => Record<string, 'paused' | 'inactive'>
  /** The published ruleset; for a tenant that has published none, one without territories. */
  ruleset: (tenant: string) => CompiledRuleset
  /** A ruleset by hash, also one that was replaced. */
  rulesetByHash: (tenant: string, hash: string) => Promise<CompiledRuleset>
  refresh: () => Promise<void>
  stop: () => void
}

/** Enough for the versions that redelivered leads may still ask for. */
const VERSIONS_KEPT = 8

export async function createLiveOrganisation(
  store: RulesetStore,
  pollMs: number,
  log: Logger,
): Promise<LiveOrganisation> {
  let locations = new Map<string, KnownLocation>()
  const current = new Map<string, CompiledRuleset>()
  const versions = new Map<string, CompiledRuleset>()

  const rulesetByHash = async (tenant: string, hash: string): Promise<CompiledRuleset> => {
    const known = versions.get(`${tenant}/${hash}`)
    if (known) return known
    const published = await store.load(tenant, hash)
    if (!published) {
      if (hash === emptyRuleset(tenant).hash) return emptyRuleset(tenant)
      throw new Error(`ruleset ${hash} of ${tenant} is gone`)
    }
    const compiled = compileRuleset(published)
    await store.project(published, compiled)
    versions.set(`${tenant}/${hash}`, compiled)
    if (versions.size > VERSIONS_KEPT * Math.max(1, current.size)) versions.delete(versions.keys().next().value!)
    return compiled
  }

  const refresh = async (): Promise<void> => {
    locations = await store.locations()
    for (const [tenant, hash] of await store.publishedHashes()) {
      if (current.get(tenant)?.hash === hash) continue
      current.set(tenant, await rulesetByHash(tenant, hash))
      log.info({ tenant, hash }, 'ruleset loaded')
    }
  }

  await refresh()
  const timer = setInterval(() => {
    refresh().catch((error: Error) => log.warn({ error: error.message }, 'organisation not refreshed'))
  }, pollMs)

  return {
    location: (locationId) => locations.get(locationId),
    statuses: (locationIds) => {
      const entries = locationIds.flatMap((id) => {
        const status = locations.get(id)?.status ?? 'inactive'
        return status === 'active' ? [] : [[id, status] as const]
      })
      return Object.fromEntries(entries)
    },
    ruleset: (tenant) => current.get(tenant) ?? emptyRuleset(tenant),
    rulesetByHash,
    refresh,
    stop: () => clearInterval(timer),
  }
}

/** Its leads go to HQ, with the reason NO_COVERAGE, until a ruleset is published. */
function emptyRuleset(tenant: string): CompiledRuleset {
  return compileRuleset({
    hash: 'none',
    document: {
      version: 1,
      tenant,
      strategy: { exclusive: 'nearest', shared: 'balanced', nearest: 'nearest' },
      nearestMaxM: 0,
      territories: [],
      caps: [],
    },
    locations: [],
    users: [],
  })
}
