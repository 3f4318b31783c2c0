import pg from 'pg'
import { pino } from 'pino'
import { type Decision, newRequest } from '../../contracts/decision.ts'
import type { Cap, PublishedRuleset } from '../../contracts/ruleset.ts'
import { compileRuleset } from '../../decide/compile-ruleset.ts'
import type { Lead } from '../../decide/lead.ts'
import { derivedUuid } from '../../kernel/derived-uuid.ts'
import { connectRedis, type RedisConnection } from '../../kernel/redis.ts'
import type { LiveOrganisation } from '../../router/live-organisation.ts'
import type { RouteDeps } from '../../router/route-deps.ts'
import { routeLeads } from '../../router/route-leads.ts'
import { CountersNotReady, createCapacity } from '../../router/stores/capacity.ts'
import { createLeadStore } from '../../router/stores/lead-store.ts'
import { rebuildCounters } from '../../router/stores/rebuild-counters.ts'
import { StaleEpoch } from '../../router/stores/routed.ts'
import type { CapacityStores } from '../../router/stores/sweep-leases.ts'
import { aPlace } from './a-place.ts'
import { nobody } from './nobody.ts'

export type RoutingBench = {
  pool: pg.Pool
  redis: RedisConnection
  deps: RouteDeps
  stores: CapacityStores
  /** As the event handler does: lost counters are rebuilt, then the same leads again. */
  route: (leads: readonly Lead[]) => Promise<Decision[]>
  rebuild: () => Promise<boolean>
  close: () => Promise<void>
}

export const tenant = 'T'

/**
 * One tenant with some shops, each the exclusive owner of one ZIP and with the given caps, on real Postgres and Redis. A
 * lead that its shop cannot take goes to HQ.
 */
export async function createRouting(
  databaseUrl: string,
  redisUrl: string,
  caps: Omit<Cap, 'locationId'>[],
  shops = 1,
): Promise<RoutingBench> {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 10 })
  // A child that is killed in the middle of a burst leaves broken connections behind.
  pool.on('error', () => undefined)
  const log = pino({ level: 'silent' })
  const redis = await connectRedis(redisUrl, 'test', log)
  const ruleset = compileRuleset(published(caps, shops))
  const organisation: LiveOrganisation = {
    location: () => ({ tenant, intake: false, regionId: 'r', status: 'active' }),
    isActive: () => true,
    statuses: () => ({}),
    ruleset: () => ruleset,
    rulesetByHash: async () => ruleset,
    tenants: () => [tenant],
    refresh: async () => {},
    stop: () => {},
  }
  const capacity = createCapacity(redis)
  const deps: RouteDeps = {
    organisation,
    capacity,
    leads: createLeadStore(pool),
    engagementOf: async () => new Map(),
    waiting: () => ({}),
    clock: () => Date.now(),
  }
  const rebuild = () => rebuildCounters(pool, redis, tenant, log)
  return {
    pool,
    redis,
    deps,
    stores: { pool, redis, capacity },
    route: (leads) => withCounters(rebuild, () => routeLeads(deps, leads.map(unknownPerson))),
    rebuild,
    close: async () => {
      redis.disconnect()
      await pool.end()
    },
  }
}

async function withCounters<T>(rebuild: () => Promise<unknown>, act: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await act()
    } catch (error) {
      if (!(error instanceof CountersNotReady || error instanceof StaleEpoch)) throw error
      await rebuild()
    }
  }
}

/** The same number is the same lead, in every process; it lives in the ZIP of shop `n % shops`. */
export function lead(n: number, shops = 1): Lead {
  return {
    leadId: derivedUuid('test lead', n),
    tenant,
    eventId: derivedUuid('test event', n),
    attempt: 1,
    createdAt: new Date().toISOString(),
    intakeLocationId: 'funnel',
    intakeContactId: `c${n}`,
    key: `funnel/c${n}`,
    person: nobody,
    place: aPlace({ postalCode: zipOf(n % shops) }),
    request: newRequest,
  }
}

export const unknownPerson = (given: Lead) => ({ lead: given, sticky: null })

const zipOf = (shop: number): string => String(30_300 + shop)
const shopOf = (shop: number): string => (shop === 0 ? 'shop' : `shop${shop}`)

function published(caps: Omit<Cap, 'locationId'>[], shops: number): PublishedRuleset {
  const ids = Array.from({ length: shops }, (_, shop) => shopOf(shop))
  const at = { regionId: 'r', timeZone: 'America/New_York', weight: 1, latitude: 33.84, longitude: -84.38 }
  return {
    hash: 'test',
    document: {
      version: 1,
      tenant,
      strategy: { exclusive: 'nearest', shared: 'balanced', nearest: 'nearest' },
      nearestMaxM: 0,
      territories: ids.map((locationId, shop) => ({
        id: `zip-${locationId}`,
        locationId,
        exclusive: true,
        kind: 'zip',
        country: 'US',
        codes: [zipOf(shop)],
      })),
      caps: ids.flatMap((locationId) => caps.map((cap) => ({ ...cap, locationId }))),
    },
    locations: ids.map((id) => ({ ...at, id, name: `Shop ${id}` })),
    users: [],
  }
}
