import { setTimeout as delay } from 'node:timers/promises'
import type { Decision, Outcome } from '../../contracts/decision.ts'
import { subjects } from '../../contracts/streams.ts'
import { decisionFor, storeLead, tenant } from '../../test/support/decided-lead.ts'
import type { World } from './world.ts'

/** `isOurs` false: the same decisions, by an outcome that delivery does not write. What they cost the others, the machine costs. */
export type Burst = { locationId: string; leads: number; isOurs: boolean }
/** `isDrained` false: the round is over when the others' leads are written. */
export type Rate = { perS: number; forS: number; isDrained: boolean }
export type Ran = {
  /** Milliseconds from decision to contact and to all written, of the leads that are not of the burst. */
  toContactMs: number[]
  toDeliveredMs: number[]
  /** Of `toContactMs`, those that were decided within 5 s from the beginning of the burst. */
  firstToContactMs: number[]
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
const BURST_AFTER_MS = 2_000
const BURST_PER_S = 1_600
const FIRST_MS = 5_000
/** More would make the others' leads wait in this process, before they are on their way. */
const AT_ONCE = 16

/** So many leads a second over all locations in turn, and a burst to one of them that gets nothing else. */
export async function runLeads(world: World, rate: Rate, burst: Burst | null): Promise<Ran> {
  const others = world.locationIds.filter((id) => id !== burst?.locationId)
  const stored = burst ? await storeBurst(world, burst) : []
  const before = await buckets(world)
  const startMs = Date.now()
  const sampler = sample(world, before)
  const throwing = throwBurst(world, stored, burst?.isOurs ? 'assigned' : 'held')
  const steady: Decision[] = []
  for (let n = 0; n < rate.perS * rate.forS; n += 1) {
    await delay(Math.max(0, startMs + (n * 1_000) / rate.perS - Date.now()))
    steady.push(await publish(world, await store(world, others[n % others.length]!)))
  }
  const thrown = await throwing
  const isWhole = burst?.isOurs === true && rate.isDrained
  const all = isWhole ? [...thrown, ...steady] : steady
  const delivered = await untilDelivered(world, all)
  const after = await buckets(world)
  const samples = await sampler.stop()
  const lastMs = Math.max(...delivered.values())
  const calls = sum(after, 'calls') - sum(before, 'calls')
  const toContactMs = ({ leadId, decidedAt }: Decision): number =>
    world.contacts.at.get(leadId)! - Date.parse(decidedAt)
  const thrownMs = startMs + BURST_AFTER_MS
  return {
    toContactMs: steady.map(toContactMs),
    firstToContactMs: steady
      .filter(({ decidedAt }) => Date.parse(decidedAt) >= thrownMs && Date.parse(decidedAt) < thrownMs + FIRST_MS)
      .map(toContactMs),
    toDeliveredMs: steady.map(({ leadId, decidedAt }) => delivered.get(leadId)! - Date.parse(decidedAt)),
    perSecond: all.length / ((lastMs - startMs) / 1_000),
    burst: burst && isWhole ? burstRan(samples, burst, thrown, delivered, after) : null,
    limitedShare: (sum(after, 'limited') - sum(before, 'limited')) / calls,
  }
}

const store = ({ stores }: World, locationId: string): Promise<Decision> =>
  storeLead(stores.pool, decisionFor(locationId), {})

/** The clock runs from here. */
async function publish({ stores }: World, stored: Decision): Promise<Decision> {
  const decision = { ...stored, decidedAt: new Date().toISOString() }
  await stores.connection.jetstream.publish(subjectOf(decision, 'assigned'), JSON.stringify(decision))
  return decision
}

const subjectOf = ({ locationId }: Decision, outcome: Outcome): string =>
  subjects.decision(tenant, locationId!, outcome)

type Prepared = { decision: Decision; text: string }

/** Before the clock runs: what it costs to make leads is no part of delivering them. */
async function storeBurst(world: World, { locationId, leads }: Burst): Promise<Prepared[]> {
  const stored: Prepared[] = []
  for (let n = 0; n < leads; n += 1) {
    const decision = await store(world, locationId)
    stored.push({ decision, text: JSON.stringify(decision) })
  }
  return stored
}

/** As fast as one router decides at its best, while the others go on: 1,600 a second. */
async function throwBurst({ stores }: World, stored: readonly Prepared[], outcome: Outcome): Promise<Decision[]> {
  await delay(BURST_AFTER_MS)
  const send = ({ decision, text }: Prepared) =>
    stores.publish(subjectOf(decision, outcome), text, `${decision.leadId}:${outcome}`)
  const beganMs = Date.now()
  for (let n = 0; n < stored.length; n += AT_ONCE) {
    await Promise.all(stored.slice(n, n + AT_ONCE).map(send))
    await delay(Math.max(0, beganMs + (n * 1_000) / BURST_PER_S - Date.now()))
  }
  return stored.map(({ decision }) => decision)
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
  (await simulator.call('GET', '/_sim/calls')).body.buckets as Bucket[]

const sum = (of: readonly Bucket[], field: 'calls' | 'limited'): number =>
  of.reduce((total, one) => total + one[field], 0)

type Sample = { atMs: number; calls: Map<string, number> }
type Sampler = { stop: () => Promise<Sample[]> }

/** What GHL has counted since of each sub-account. Every round asks, so that no round has less to do. */
function sample(world: World, before: readonly Bucket[]): Sampler {
  const from = new Map(before.map(({ id, calls }) => [id, calls]))
  const samples: Sample[] = []
  let isOver = false
  const take = async (): Promise<void> => {
    const found = await buckets(world)
    const calls = new Map(found.map(({ id, calls }) => [id, calls - (from.get(id) ?? 0)]))
    samples.push({ atMs: Date.now(), calls })
  }
  const work = (async () => {
    while (!isOver) {
      await take()
      await delay(SAMPLE_MS)
    }
  })()
  return {
    stop: async () => {
      isOver = true
      await work
      await take()
      return samples
    },
  }
}

function burstRan(
  samples: readonly Sample[],
  { locationId, leads }: Burst,
  thrown: readonly Decision[],
  delivered: Map<string, number>,
  after: readonly Bucket[],
): BurstRan {
  const callsOf = (sampled: Sample | undefined): number => sampled?.calls.get(locationId) ?? 0
  const firstMs = samples.findLast((one) => callsOf(one) === 0)!.atMs
  const endMs = Math.max(...thrown.map(({ leadId }) => delivered.get(leadId)!))
  const callsAt = (ms: number): number => callsOf(samples.findLast(({ atMs }) => atMs <= ms))
  const windows: number[] = []
  for (let ms = firstMs; ms + 10_000 <= endMs; ms += 10_000) windows.push(callsAt(ms + 10_000) - callsAt(ms))
  return {
    leads,
    drainS: (endMs - firstMs) / 1_000,
    calls: callsOf(samples.at(-1)),
    callsMaxIn10s: after.find(({ id }) => id === locationId)?.callsMaxIn10s ?? 0,
    windows,
  }
}
