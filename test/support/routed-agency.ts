import { pino } from 'pino'
import type { Decision } from '../../contracts/decision.ts'
import type { Event } from '../../contracts/event.ts'
import type { RulesetDocument } from '../../contracts/ruleset.ts'
import { streams, subjects } from '../../contracts/streams.ts'
import { type Consumption, consumeBatches } from '../../kernel/consume-batches.ts'
import { createMetrics } from '../../kernel/metrics.ts'
import { ensureStream } from '../../kernel/nats.ts'
import { createPostgres } from '../../kernel/postgres.ts'
import { connectRedis, type RedisConnection } from '../../kernel/redis.ts'
import { buildRouter } from '../../router/build-router.ts'
import { createRouterMetrics } from '../../router/router-metrics.ts'
import { measureDrift } from '../../router/stores/measure-drift.ts'
import { startTestRedis, type TestBackend } from './backends.ts'
import { closeInOrder } from './close-in-order.ts'
import { rulesetOf, seedAgencies, shop, startDirectory, type TestDirectory } from './directory.ts'
import { EMPTY_ROUTING } from './empty-routing.ts'
import { failingCommits } from './failing-commits.ts'
import { type Form, FUNNEL, formEvent, type Settled, tenant, toMessage } from './form-events.ts'
import { parkedDelivery } from './parked-delivery.ts'

export type RoutedAgency = TestDirectory & {
  redis: RedisConnection
  redisServer: TestBackend
  natsUrl: string
  /** The clock of router and directory. */
  at: (ms: number) => void
  nowMs: () => number
  publish: (change?: Partial<RulesetDocument>) => Promise<string>
  setStatus: (locationId: string, status: 'active' | 'paused' | 'inactive') => Promise<void>
  /** One batch of the stream, as a router gets it. */
  handle: (events: readonly object[], deliveryCount?: number) => Promise<Settled[]>
  submit: (...forms: Form[]) => Promise<Decision[]>
  /** GHL does not let the contact's lead into its location: as delivery records and publishes it; `isBack`: it does by now. */
  park: (contact: string, isBack?: boolean) => Promise<Settled[]>
  /** Puts events into the stream, as the gateway does. */
  publishEvents: (events: readonly Event[]) => Promise<void>
  /** Handles the stream from now on, in batches of at most so many. */
  consume: (batchRowsMax?: number) => Promise<Consumption>
  /** Messages of the stream that are not settled. */
  inFlight: () => Promise<number>
  /** A webhook of the sub-account that has the lead, or of one that had it, as of some minutes from now; by its contact there. */
  tell: (contact: string, type: string, payload?: object, inMinutes?: number, from?: string) => Promise<Settled[]>
  chore: (name: string) => Promise<void>
  /** The router looks the organisation up. */
  refresh: () => Promise<void>
  /** All decisions about the newest lead of a contact, first to last. */
  decisions: (contact: string) => Promise<Decision[]>
  latest: (contact: string) => Promise<Decision>
  /** Counters of Redis that are not the fold of the reservations. */
  drift: () => Promise<number>
  /** A used counter of a location: `leads:day`, summed over its windows. */
  used: (locationId: string, counter: string) => Promise<number>
  /** From now on no decision is committed, as if every router died between reservation and commit; or they are again. */
  failCommits: (isFailing: boolean) => void
  /** No leads, no counters; the organisation stays. */
  reset: () => Promise<void>
  stop: () => Promise<void>
}

/** A Monday noon in New York, years from now: no counter of it expires while a test runs. */
export const MONDAY_NOON_MS = Date.parse('2030-06-10T16:00:00Z')
/** What a router that died had, comes again after a second. */
export const consumerOptions = { stream: 'EVENTS', durable: 'router', ackWaitMs: 1_000, ackPendingMax: 5_000 }

/** agencyA with its directory and a whole router over real stores, in this process; time and chores are the test's. */
export async function startRoutedAgency(): Promise<RoutedAgency> {
  const [directory, redisServer] = await Promise.all([startDirectory(), startTestRedis()])
  const log = pino({ level: 'silent' })
  const { nats, call } = directory
  const pool = createPostgres({ url: directory.databaseUrl, process: 'test', connectionsMax: 10, log })
  const redis = await connectRedis(redisServer.url, 'test', log)
  await seedAgencies(directory)
  const intake = { ...shop(FUNNEL, 'north'), kind: 'intake', regionId: null, latitude: null, longitude: null }
  await call('PUT', `/v1/locations/${FUNNEL}`, intake)
  for (const stream of Object.values(streams)) await ensureStream(nats.manager, { ...stream, bytesMax: 64 * 1024 ** 2 })
  await pool.query(`SELECT hexroute.ensure_partitions('2030-06-01', 4)`)
  let nowMs = MONDAY_NOON_MS
  // Dead letters are told apart by it, and the stream itself counts from 1.
  let nextSeq = 1_000_000
  directory.setNow(nowMs)
  const metrics = createRouterMetrics(createMetrics('routed-agency'))
  let isFailing = false
  const router = await buildRouter({
    pool: failingCommits(pool, () => isFailing),
    redis,
    nats,
    log,
    metrics,
    clock: () => nowMs,
    refreshMs: 3_600_000,
  })

  const handle: RoutedAgency['handle'] = async (events, deliveryCount = 1) => {
    const firstSeq = nextSeq
    nextSeq += events.length
    const messages = events.map((event, i) => toMessage(event, firstSeq + i, deliveryCount))
    await router.handle(messages.map(({ message }) => message))
    return messages.map(({ settled }) => settled())
  }
  const decisions: RoutedAgency['decisions'] = async (contact) => {
    const { rows } = await pool.query<{ document: Decision }>(
      `SELECT d.document::json AS document FROM hexroute.decisions d WHERE d.lead_id = (
         SELECT lead_id FROM hexroute.leads WHERE intake_contact_id = $1 ORDER BY created_at DESC LIMIT 1)
       ORDER BY d.attempt`,
      [contact],
    )
    return rows.map(({ document }) => document)
  }
  const latest: RoutedAgency['latest'] = async (contact) => (await decisions(contact)).at(-1)!
  return {
    ...directory,
    ...{ pool, redis, redisServer, handle, decisions, latest },
    nowMs: () => nowMs,
    at: (ms) => {
      nowMs = ms
      directory.setNow(ms)
    },
    publish: async (change) => {
      const draft = await call('POST', '/v1/rulesets', rulesetOf('30305', change))
      const answer = await call('POST', `/v1/rulesets/${draft.body.id}/publish`)
      if (answer.status !== 200) throw new Error(`not published: ${JSON.stringify([draft.body, answer.body])}`)
      await router.refresh()
      return answer.body.hash
    },
    setStatus: async (locationId, status) => {
      await call('PUT', `/v1/locations/${locationId}`, { ...shop(locationId, locationId.slice(0, 5)), status })
      await router.refresh()
    },
    submit: async (...forms) => {
      await handle(forms.map((form) => formEvent(form, nowMs)))
      return Promise.all(forms.map(({ contact }) => latest(contact)))
    },
    tell: async (contact, type, payload = {}, inMinutes = 0, from) => {
      const isOwner = (decision: Decision): boolean =>
        isAssigned(decision) && decision.locationId === (from ?? decision.locationId)
      const { leadId, leadCreatedAt, locationId } = (await decisions(contact)).findLast(isOwner)!
      await pool.query(
        `INSERT INTO hexroute.lead_keys (tenant, kind, key, lead_id, lead_created_at) VALUES ($1, 'contact', $2, $3, $4)
         ON CONFLICT DO NOTHING`,
        [tenant, `${locationId}/${leadId}`, leadId, leadCreatedAt],
      )
      const form = formEvent({ contact: leadId }, nowMs + inMinutes * 60_000)
      return handle([{ ...form, type, payload, locationId, intake: false, person: null }])
    },
    park: async (contact, isBack = false) => {
      const delivery = await parkedDelivery(pool, await latest(contact))
      if (isBack) await pool.query('UPDATE hexroute.location_outages SET ended_at = now() WHERE ended_at IS NULL')
      const { message, settled } = toMessage(delivery, nextSeq, 1)
      nextSeq += 1
      await router.handleParked([message])
      return [settled()]
    },
    natsUrl: `nats://${nats.connection.getServer()}`,
    publishEvents: async (events) => {
      for (const event of events) {
        const subject = subjects.event(tenant, event.locationId, event.type)
        await nats.jetstream.publish(subject, JSON.stringify(event), { msgID: event.eventId })
      }
    },
    consume: (batchRowsMax = 250) =>
      consumeBatches(nats, { ...consumerOptions, batchRowsMax, log, handle: router.handle }),
    inFlight: async () => {
      const { num_pending, num_ack_pending } = await nats.manager.consumers.info('EVENTS', 'router')
      return num_pending + num_ack_pending
    },
    refresh: router.refresh,
    chore: (name) => router.chores[name]!.run(),
    drift: async () => (await measureDrift(pool, redis, tenant)).drifted,
    used: async (locationId, counter) => {
      const keys = (await redis.eval("return redis.call('KEYS', ARGV[1])", 0, '*')) as string[]
      const wanted = keys.filter((key) => key.includes(`:cap:${locationId}:${counter}`))
      return wanted.length === 0 ? 0 : (await redis.mget(...wanted)).reduce((sum, used) => sum + Number(used), 0)
    },
    failCommits: (wish) => {
      isFailing = wish
    },
    reset: async () => {
      await pool.query(EMPTY_ROUTING)
      await redis.eval("return redis.call('FLUSHALL')", 0)
      for (const { name } of Object.values(streams)) await nats.manager.streams.purge(name)
      await router.chores['waiting counts']!.run()
    },
    stop: () =>
      closeInOrder({
        router: router.stop,
        redis: () => redis.disconnect(),
        pool: () => pool.end(),
        'redis-server': redisServer.stop,
      }).finally(directory.stop),
  }
}

const isAssigned = ({ outcome }: Decision): boolean => outcome === 'assigned'
