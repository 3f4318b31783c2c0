import { randomUUID } from 'node:crypto'
import { Redis } from 'ioredis'
import pg from 'pg'
import { pino } from 'pino'
import { newRequest } from '../../contracts/decision.ts'
import type { Cap, PublishedRuleset } from '../../contracts/ruleset.ts'
import { compileRuleset } from '../../decide/compile-ruleset.ts'
import type { Lead } from '../../decide/lead.ts'
import type { LiveOrganisation } from '../../router/live-organisation.ts'
import type { RouteDeps } from '../../router/route-leads.ts'
import { createCapacity } from '../../router/stores/capacity.ts'
import { createLeadStore } from '../../router/stores/lead-store.ts'
import { rebuildCounters } from '../../router/stores/rebuild-counters.ts'

export type RoutingBench = {
  pool: pg.Pool
  redis: Redis
  deps: RouteDeps
  rebuild: () => Promise<boolean>
  close: () => Promise<void>
}

const tenant = 'T'

/** One tenant, one shop in Atlanta with the given caps and one without caps further away, on real Postgres and Redis. */
export async function createRouting(
  databaseUrl: string,
  redisUrl: string,
  caps: Omit<Cap, 'locationId'>[],
): Promise<RoutingBench> {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 10 })
  const redis = new Redis(redisUrl)
  const ruleset = compileRuleset(published(caps))
  const organisation: LiveOrganisation = {
    location: () => ({ tenant, intake: false, regionId: 'r', status: 'active' }),
    statuses: () => ({}),
    ruleset: () => ruleset,
    rulesetByHash: async () => ruleset,
    refresh: async () => {},
    stop: () => {},
  }
  const log = pino({ level: 'silent' })
  return {
    pool,
    redis,
    deps: { organisation, capacity: createCapacity(redis), leads: createLeadStore(pool), clock: () => Date.now() },
    rebuild: () => rebuildCounters(pool, redis, tenant, log),
    close: async () => {
      redis.disconnect()
      await pool.end()
    },
  }
}

export function lead(n: number): Lead {
  return {
    leadId: randomUUID(),
    tenant,
    eventId: randomUUID(),
    attempt: 0,
    createdAt: new Date().toISOString(),
    intakeLocationId: 'funnel',
    intakeContactId: `c${n}`,
    key: `funnel/c${n}-${randomUUID()}`,
    person: { source: null } as Lead['person'],
    place: {
      postalCode: '30305',
      plus4: null,
      state: 'GA',
      country: 'US',
      repaired: false,
      latitude: 33.83,
      longitude: -84.38,
      precision: 'zip',
      errorM: 5_000,
      cell: null,
      fault: null,
    },
    request: newRequest,
  }
}

function published(caps: Omit<Cap, 'locationId'>[]): PublishedRuleset {
  const at = { regionId: 'r', timeZone: 'America/New_York', weight: 1 }
  return {
    hash: 'test',
    document: {
      version: 1,
      tenant,
      strategy: { exclusive: 'nearest', shared: 'balanced', nearest: 'nearest' },
      nearestMaxM: 0,
      territories: [{ id: 't', locationId: 'shop', exclusive: true, kind: 'zip', country: 'US', codes: ['30305'] }],
      caps: caps.map((cap) => ({ ...cap, locationId: 'shop' })),
    },
    locations: [{ ...at, id: 'shop', name: 'Shop', latitude: 33.84, longitude: -84.38 }],
    users: [],
  }
}
