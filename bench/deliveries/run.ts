import { setTimeout as delay } from 'node:timers/promises'
import type { Decision } from '../../contracts/decision.ts'
import { subjects } from '../../contracts/streams.ts'
import { decisionFor, storeLead, tenant } from '../../test/support/decided-lead.ts'
import type { World } from './world.ts'

export type Burst = { locationId: string; leads: number }
export type Ran = {
  /** Milliseconds from decision to contact and to all written, of the leads that are not of the burst. */
  toContactMs: number[]
  toDeliveredMs: number[]
  /** Leads per second from the first decision to the last delivery. */
  perSecond: number
  burst: BurstRan | null
  limitedShare: number
}
export type BurstRan = {
  leads: number
  drainS: number
  calls: number
  /** Most in any 10 s, as GHL counted. */
  callsMaxIn10s: number
  /** Calls in each full 10 s from the first one to the end of the burst. */
  windows: number[]
}

type Bucket = { id: string; calls: number; limited: number; callsMaxIn10s: number }

/** Beside what the limit of GHL itself makes of a burst: three calls a lead, nine a second. */
const DRAIN_WITHIN_MS = 240_000
const PER_LEAD_MS = 350
const SAMPLE_MS = 2_500

/** So many leads a second over all locations in turn, and a burst to one of them that gets nothing else. */
export async function runLeads(world: World, rate: { perS: number; forS: number }, burst: Burst | null): Promise<Ran> {
  const others = world.locationIds.filter((id) => id !== burst?.locationId)
  const before = await buckets(world)
  const startMs = Date.now()
  const sampler = burst ? sample(world, burst.locationId, before) : null
  const thrown = burst ? await throwBurst(world, burst) : []
  const steady: Decision[] = []
  for (let n = 0; n < rate.perS * rate.forS; n += 1) {
    await delay(Math.max(0, startMs + (n * 1_000) / rate.perS - Date.now()))
    steady.push(await decide(world, others[n % others.length]!))
  }
  const all = [...thrown, ...steady]
  const delivered = await untilDelivered(world, all)
  const after = await buckets(world)
  const lastMs = Math.max(...delivered.values())
  const calls = sum(after, 'calls') - sum(before, 'calls')
  return {
    toContactMs: steady.map(({ leadId, decidedAt }) => world.contacts.at.get(leadId)! - Date.parse(decidedAt)),
    toDeliveredMs: steady.map(({ leadId, decidedAt }) => delivered.get(leadId)! - Date.parse(decidedAt)),
    perSecond: all.length / ((lastMs - startMs) / 1_000),
    burst: sampler && burst ? await burstRan(sampler, burst, thrown, delivered, after) : null,
    limitedShare: (sum(after, 'limited') - sum(before, 'limited')) / calls,
  }
}

async function decide(world: World, locationId: string): Promise<Decision> {
  const decision = await storeLead(world.stores.pool, decisionFor(locationId), {})
  const decided = { ...decision, decidedAt: new Date().toISOString() }
  await world.stores.connection.jetstream.publish(
    subjects.decision(tenant, locationId, 'assigned'),
    JSON.stringify(decided),
  )
  return decided
}

async function throwBurst(world: World, { locationId, leads }: Burst): Promise<Decision[]> {
  const thrown: Decision[] = []
  for (let n = 0; n < leads; n += 100)
    thrown.push(
      ...(await Promise.all(Array.from({ length: Math.min(100, leads - n) }, () => decide(world, locationId)))),
    )
  return thrown
}

async function untilDelivered({ stores, contacts }: World, leads: readonly Decision[]): Promise<Map<string, number>> {
  const ids = leads.map(({ leadId }) => leadId)
  const deadline = Date.now() + DRAIN_WITHIN_MS + leads.length * PER_LEAD_MS
  for (;;) {
    const { rows } = await stores.pool.query<{ id: string; at: Date }>(
      `SELECT lead_id AS id, updated_at AS at FROM hexroute.deliveries WHERE state = 'delivered' AND lead_id = ANY($1)`,
      [ids],
    )
    const isKnown = ids.every((id) => contacts.at.has(id))
    if (rows.length === ids.length && isKnown) return new Map(rows.map(({ id, at }) => [id, at.getTime()]))
    if (Date.now() > deadline)
      throw new Error(`${rows.length} of ${ids.length} delivered, ${contacts.at.size} contacts`)
    await delay(500)
  }
}

const buckets = async ({ simulator }: World): Promise<Bucket[]> =>
  (await simulator.call('GET', '/_sim/truth')).body.buckets as Bucket[]

const sum = (of: Bucket[], field: 'calls' | 'limited'): number => of.reduce((total, one) => total + one[field], 0)

type Sampler = { stop: () => Promise<{ atMs: number; calls: number }[]> }

/** What GHL has counted of one sub-account; seldom, as the simulator that is asked has to count it all. */
function sample(world: World, locationId: string, before: Bucket[]): Sampler {
  const from = before.find(({ id }) => id === locationId)?.calls ?? 0
  const samples: { atMs: number; calls: number }[] = []
  let isOver = false
  const work = (async () => {
    while (!isOver) {
      const found = (await buckets(world)).find(({ id }) => id === locationId)
      samples.push({ atMs: Date.now(), calls: (found?.calls ?? 0) - from })
      await delay(SAMPLE_MS)
    }
  })()
  return {
    stop: async () => {
      isOver = true
      await work
      return samples
    },
  }
}

async function burstRan(
  sampler: Sampler,
  { locationId, leads }: Burst,
  thrown: readonly Decision[],
  delivered: Map<string, number>,
  after: Bucket[],
): Promise<BurstRan> {
  const samples = await sampler.stop()
  const firstMs = samples.findLast(({ calls }) => calls === 0)!.atMs
  const endMs = Math.max(...thrown.map(({ leadId }) => delivered.get(leadId)!))
  const callsAt = (ms: number): number => samples.findLast(({ atMs }) => atMs <= ms)?.calls ?? 0
  const windows: number[] = []
  for (let ms = firstMs; ms + 10_000 <= endMs; ms += 10_000) windows.push(callsAt(ms + 10_000) - callsAt(ms))
  return {
    leads,
    drainS: (endMs - firstMs) / 1_000,
    calls: samples.at(-1)!.calls,
    callsMaxIn10s: after.find(({ id }) => id === locationId)?.callsMaxIn10s ?? 0,
    windows,
  }
}
