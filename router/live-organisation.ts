import type { CompiledRuleset } from '../decide/compile-ruleset.ts'
import { emptyRuleset } from '../decide/empty-ruleset.ts'
import type { Logger } from '../kernel/logger.ts'
import { compileInSlices } from './compile-in-slices.ts'
import type { KnownLocation, RulesetStore } from './stores/ruleset-store.ts'

type Status = 'paused' | 'inactive'

/** What the router keeps in memory of the organisation, brought up to date by polling and on request. */
export type LiveOrganisation = {
  location: (locationId: string) => KnownLocation | undefined
  isActive: (locationId: string) => boolean
  /** Not active ones among these. */
  statuses: (tenant: string, locationIds: readonly string[], userIds: readonly string[]) => Record<string, Status>
  /** The published ruleset; for a tenant that has published none, one without territories. */
  ruleset: (tenant: string) => CompiledRuleset
  /** A ruleset by hash, also one that was replaced. */
  rulesetByHash: (tenant: string, hash: string) => Promise<CompiledRuleset>
  /** Those with a published ruleset. */
  tenants: () => string[]
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
  let absentUsers = new Map<string, Status>()
  const current = new Map<string, CompiledRuleset>()
  const versions = new Map<string, Promise<CompiledRuleset>>()
  const none = eachOnce(emptyRuleset)

  const load = async (tenant: string, hash: string): Promise<CompiledRuleset> => {
    const published = await store.load(tenant, hash)
    if (!published) {
      if (hash === none(tenant).hash) return none(tenant)
      throw new Error(`ruleset ${hash} of ${tenant} is gone`)
    }
    const compiled = await compileInSlices(published)
    await store.project(published, compiled)
    if (versions.size > VERSIONS_KEPT * Math.max(1, current.size)) versions.delete(versions.keys().next().value!)
    return compiled
  }
  /** Whoever asks while it is being made waits for the same one. */
  const rulesetByHash = (tenant: string, hash: string): Promise<CompiledRuleset> => {
    const key = `${tenant}/${hash}`
    const known = versions.get(key) ?? load(tenant, hash)
    versions.set(key, known)
    known.catch(() => versions.delete(key))
    return known
  }

  const look = async (): Promise<void> => {
    ;[locations, absentUsers] = await Promise.all([store.locations(), store.absentUsers()])
    for (const [tenant, hash] of await store.publishedHashes()) {
      if (current.get(tenant)?.hash === hash) continue
      current.set(tenant, await rulesetByHash(tenant, hash))
      log.info({ tenant, hash }, 'ruleset loaded')
    }
  }

  // One after the other: a ruleset that takes long must not come after the one that replaced it.
  let last: Promise<void> = Promise.resolve()
  const refresh = (): Promise<void> => {
    last = last.catch(() => undefined).then(look)
    return last
  }

  await refresh()
  const timer = setInterval(() => {
    refresh().catch((error: Error) => log.warn({ error: error.message }, 'organisation not refreshed'))
  }, pollMs)

  const locationStatus = (id: string): Status | 'active' => locations.get(id)?.status ?? 'inactive'
  return {
    location: (locationId) => locations.get(locationId),
    isActive: (locationId) => locationStatus(locationId) === 'active',
    statuses: (tenant, locationIds, userIds) => {
      const found: Record<string, Status> = {}
      for (const id of locationIds) {
        const status = locationStatus(id)
        if (status !== 'active') found[id] = status
      }
      for (const id of userIds) {
        const status = absentUsers.get(`${tenant}/${id}`)
        if (status) found[id] = status
      }
      return found
    },
    ruleset: (tenant) => current.get(tenant) ?? none(tenant),
    rulesetByHash,
    tenants: () => [...current.keys()],
    refresh,
    stop: () => clearInterval(timer),
  }
}

/** Asked for every lead of a tenant that has published none. */
function eachOnce<T>(make: (tenant: string) => T): (tenant: string) => T {
  const made = new Map<string, T>()
  return (tenant) => {
    const known = made.get(tenant)
    if (known !== undefined) return known
    const value = make(tenant)
    made.set(tenant, value)
    return value
  }
}
