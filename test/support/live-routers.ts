import type pg from 'pg'
import { pino } from 'pino'
import type { Event } from '../../contracts/event.ts'
import { createGazetteer } from '../../decide/geography/gazetteer.ts'
import type { Gazetteer } from '../../decide/geography/locate-lead.ts'
import { connectRedis } from '../../kernel/redis.ts'
import { createLiveOrganisation } from '../../router/live-organisation.ts'
import { createLiveWaiting } from '../../router/live-waiting.ts'
import { recogniseLeads } from '../../router/recognise-leads.ts'
import { createRouteAgain, type RouteAgain } from '../../router/route-again.ts'
import { routeLeads } from '../../router/route-leads.ts'
import { toLead } from '../../router/steps/to-lead.ts'
import { createCapacity } from '../../router/stores/capacity.ts'
import { createFactStore } from '../../router/stores/fact-store.ts'
import { createIdentityStore } from '../../router/stores/identity-store.ts'
import { createLeadStore, type LeadStore } from '../../router/stores/lead-store.ts'
import { createOutbox } from '../../router/stores/outbox.ts'
import { createQueueStore } from '../../router/stores/queue-store.ts'
import { rebuildCounters } from '../../router/stores/rebuild-counters.ts'
import { createRulesetStore } from '../../router/stores/ruleset-store.ts'
import { readStoredLeads } from '../../router/stores/stored-leads.ts'
import { createWithCounters } from '../../router/with-counters.ts'

/** A router over real stores whose clock the test sets, fed by hand instead of by JetStream. */
export type LiveRouter = {
  /** Of a new batch, until the next one. */
  setClock: (nowMs: number) => void
  submit: (events: readonly Event[]) => Promise<void>
  /** The next commit does not come: as after a crash, places stay reserved until the events come again. */
  dieAtCommit: () => void
  routeAgain: RouteAgain
  /** The published ruleset and who waits, as of now. */
  refresh: () => Promise<void>
  close: () => void
}

export class Died extends Error {}

/** Reading the places of a continent takes a second: routers of one test share them. */
const gazetteer: Gazetteer = createGazetteer()
const NEVER_MS = 2 ** 30

export async function createLiveRouter(pool: pg.Pool, redisUrl: string): Promise<LiveRouter> {
  const log = pino({ level: 'silent' })
  const redis = await connectRedis(redisUrl, 'test', log)
  const organisation = await createLiveOrganisation(createRulesetStore(pool), NEVER_MS, log)
  const waiting = createLiveWaiting(createQueueStore(pool))
  const withCounters = createWithCounters((tenant) => rebuildCounters(pool, redis, tenant, log))
  const identities = createIdentityStore(pool)
  const stored = createLeadStore(pool)
  let nowMs = 0
  let isDying = false
  const commit: LeadStore['commit'] = async (routed) => {
    if (!isDying) return stored.commit(routed)
    isDying = false
    throw new Died('killed between reservation and commit')
  }
  const deps = {
    ...{ organisation, withCounters, identities, waiting: waiting.of, clock: () => nowMs },
    capacity: createCapacity(redis),
    leads: { ...stored, commit },
    engagementOf: createFactStore(pool).engagementOf,
    readStored: (ids: readonly string[]) => readStoredLeads(pool, ids),
    publisher: { decisions: async () => {} },
    outbox: createOutbox(pool),
  }
  return {
    setClock: (ms) => {
      nowMs = ms
    },
    submit: async (events) => {
      const { leads, repeats } = await recogniseLeads(
        deps,
        events.map((event) => toLead(event, gazetteer)),
      )
      await withCounters(() => routeLeads(deps, leads))
      await identities.recordRepeats(repeats)
    },
    dieAtCommit: () => {
      isDying = true
    },
    routeAgain: createRouteAgain(deps),
    refresh: async () => {
      await organisation.refresh()
      await waiting.refresh()
    },
    close: () => {
      organisation.stop()
      redis.disconnect()
    },
  }
}
