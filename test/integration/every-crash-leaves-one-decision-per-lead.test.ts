import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Event } from '../../contracts/event.ts'
import { runUntilItDies } from '../support/dying-router.ts'
import { formEvent } from '../support/form-events.ts'
import { MONDAY_NOON_MS, type RoutedAgency, startRoutedAgency } from '../support/routed-agency.ts'
import { until } from '../support/until.ts'

const LEADS = 30
const CAP = 20

let agency: RoutedAgency
let round = 0
let events: Event[]

const stored = async (table: 'decisions' | 'reservations') =>
  (await agency.pool.query(`SELECT * FROM hexroute.${table}`)).rows
const published = async (): Promise<number> => (await agency.nats.manager.streams.info('DECISIONS')).state.messages
const isDone = (inFlight: number): boolean => inFlight === 0
/** Routes what is left, and compares all that is left behind. */
const finishAndCompare = async (act: () => Promise<unknown> = async () => undefined): Promise<void> => {
  const consumption = await agency.consume()
  try {
    await act()
    await until('all events settled', 30_000, agency.inFlight, isDone)
  } finally {
    await consumption.stop()
  }
  const decisions = await stored('decisions')
  expect(decisions).toHaveLength(LEADS)
  expect(new Set(decisions.map(({ lead_id }) => lead_id)).size).toBe(LEADS)
  expect(decisions.filter(({ outcome }) => outcome === 'assigned')).toHaveLength(CAP)
  expect(await published()).toBe(LEADS)
  expect(await stored('reservations')).toHaveLength(CAP)
  expect(await agency.used('north1', 'leads:day')).toBe(CAP)
  expect(await agency.drift()).toBe(0)
}

beforeAll(async () => {
  agency = await startRoutedAgency()
  await agency.publish({ caps: [{ locationId: 'north1', metric: 'leads', window: 'day', limit: CAP }] })
})
afterAll(() => agency?.stop())
beforeEach(async () => {
  agency.at(MONDAY_NOON_MS)
  await agency.reset()
  await agency.chore('leases')
  round += 1
  events = Array.from({ length: LEADS }, (_, n) => formEvent({ contact: `r${round}-${n}` }, MONDAY_NOON_MS))
  await agency.publishEvents(events)
})

describe('SIGKILL of a router after', () => {
  it('receive: nothing had happened, the events come again', async () => {
    expect(await runUntilItDies(agency, 'receive')).toBe('SIGKILL')
    expect(await stored('decisions')).toEqual([])
    await finishAndCompare()
  })

  it('reserve, before commit: the ledger returns the same reservation', async () => {
    expect(await runUntilItDies(agency, 'reserve')).toBe('SIGKILL')
    expect(await stored('decisions')).toEqual([])
    expect(await agency.used('north1', 'leads:day')).toBeGreaterThan(0)
    await finishAndCompare()
  })

  it('commit, before the decision is published: the stored decision is published', async () => {
    expect(await runUntilItDies(agency, 'commit')).toBe('SIGKILL')
    const before = await stored('decisions')
    // What the first batch held: all of them, or those that had come by then.
    expect(before.length).toBeGreaterThan(0)
    expect(await published()).toBe(0)
    await finishAndCompare()
    const after = new Set((await stored('decisions')).map(({ hash }) => hash))
    expect(before.filter(({ hash }) => !after.has(hash))).toEqual([])
  })

  it('publish, before ack: the duplicate message is dropped', async () => {
    expect(await runUntilItDies(agency, 'publish')).toBe('SIGKILL')
    expect(await published()).toBeGreaterThan(0)
    await finishAndCompare()
  })
})

describe('a store is lost in the middle of a burst', () => {
  it('Redis lost: counters are rebuilt, and no place is given twice', async () => {
    await agency.handle(events.slice(0, 15))
    await agency.redisServer.kill()
    await finishAndCompare(async () => {
      await until('the events wait', 10_000, agency.inFlight, (waiting) => waiting === LEADS)
      await agency.redisServer.restart()
    })
  })

  it('FLUSHALL between two batches: the second sees what the first took', async () => {
    await agency.handle(events.slice(0, 15))
    await agency.redis.eval("return redis.call('FLUSHALL')", 0)
    await finishAndCompare()
  })

  it('Postgres down: the leads wait in JetStream, and are decided when it is back', async () => {
    await finishAndCompare(async () => {
      const name = new URL(agency.databaseUrl).pathname.slice(1)
      const server = new URL(agency.databaseUrl)
      server.pathname = '/postgres'
      const admin = new pg.Client({ connectionString: server.href })
      await admin.connect()
      await admin.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS false`)
      await admin.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [name])
      const late = formEvent({ contact: `r${round}-0` }, MONDAY_NOON_MS)
      await agency.publishEvents([late])
      await until('the events wait', 10_000, agency.inFlight, (waiting) => waiting > 0)
      await admin.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS true`)
      await admin.end()
    })
  })
})
