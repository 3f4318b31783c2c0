import { afterAll, beforeAll, expect, test } from 'vitest'
import type { LeadFact } from '../../contracts/lead-fact.ts'
import { leadId, makeDecision, makeDelivery, makeEvent, makeFact } from '../support/analytics-messages.ts'
import { type AnalyticsRig, startAnalyticsRig } from '../support/analytics-rig.ts'
import { type KillAt, sinkThatDies } from '../support/sink-process.ts'
import { until } from '../support/until.ts'

const EVENTS = 2_000
const LEADS = 600
const createdMs = Date.UTC(2026, 9, 31, 23, 59, 30)

let rig: AnalyticsRig
beforeAll(async () => {
  rig = await startAnalyticsRig()
  // What each message told stays a row of its own, and can be lost by itself.
  await rig.clickhouse.command({
    query: 'ALTER TABLE hexroute.lead_lifecycle MODIFY SETTING max_bytes_to_merge_at_max_space_in_pool = 1',
  })
})
afterAll(() => rig?.stop())

/** Each in a process of its own, on what the one before has left. */
const deaths: KillAt[] = [
  { when: 'before', table: 'events', insert: 1 },
  { when: 'after', table: 'events', insert: 2 },
  { when: 'after', table: 'decisions', insert: 1 },
  { when: 'after', table: 'lead_facts', insert: 1 },
]

const SLICES = deaths.length

test('every event, decision, candidate and fact is one row, whatever step of a batch the sink is killed at', async () => {
  const at = (n: number) => createdMs + n * 100
  for (const [slice, death] of deaths.entries()) {
    await publishSlice(slice, at)
    expect(await sinkThatDies(rig.env, death)).toBe('SIGKILL')
  }
  expect(await loseOpenFacts()).toBeGreaterThan(0)
  rig.sink()
  const isDone = (found: Record<string, number>) =>
    found.EVENTS === EVENTS &&
    found.DECISIONS === LEADS &&
    found.DELIVERIES === LEADS &&
    found.FACTS === facts(at).length
  await until('every stream is written to its end', 60_000, lastDone, isDone)

  expect(await countOf('events')).toEqual({ physical: EVENTS, found: EVENTS })
  expect(await countOf('decisions')).toEqual({ physical: LEADS, found: LEADS })
  expect(await countOf('decision_candidates')).toEqual({ physical: LEADS * 2, found: LEADS * 2 })
  expect(await countOf('deliveries')).toEqual({ physical: LEADS, found: LEADS })
  expect((await countOf('lead_facts')).found).toBe(new Set(facts(at).map((fact) => fact.factId)).size)
  expect(await lifecycles()).toEqual(expectedLifecycles(at))
}, 180_000)

/**
 * As ClickHouse leaves a table, and the table of a view, that was killed when it knew the token of an insert and had not yet its
 * rows: of the facts of the open batch, what the lifecycle holds of leads that have no earlier ones, and facts themselves.
 */
async function loseOpenFacts(): Promise<number> {
  const { rows } = await rig.postgres.query<{ first: number; last: number }>(
    `SELECT first_seq AS first, last_seq AS last FROM hexroute.sink_plans WHERE stream = 'FACTS' AND state = 'planned'`,
  )
  const { first, last } = rows[0]!
  const leadsOf = (where: string) => `(SELECT lead_id FROM hexroute.lead_facts WHERE stream_seq ${where})`
  const open = `BETWEEN ${first} AND ${last}`
  await remove(
    'lead_lifecycle',
    `(replied_at IS NOT NULL OR status_told > 0) AND lead_id IN ${leadsOf(open)} AND lead_id NOT IN ${leadsOf(`< ${first}`)}`,
  )
  // Half of them: those that go in again come to the view by themselves.
  await remove('lead_facts', `stream_seq BETWEEN ${first} AND ${Math.floor((first + last) / 2)}`)
  return last - first + 1
}

const remove = (table: string, where: string) =>
  rig.clickhouse.command({ query: `ALTER TABLE hexroute.${table} DELETE WHERE ${where} SETTINGS mutations_sync = 1` })

const numbers = (count: number): number[] => Array.from({ length: count }, (_, n) => n)

async function publishSlice(slice: number, at: (n: number) => number): Promise<void> {
  const ofSlice = <T>(items: T[]) => items.filter((_, n) => n % SLICES === slice)
  const leads = ofSlice(numbers(LEADS))
  await rig.publish(
    'event',
    ofSlice(numbers(EVENTS)).map((n) => makeEvent(n, at(n))),
  )
  await rig.publish(
    'decision',
    leads.map((n) => makeDecision(n, at(n))),
  )
  await rig.publish(
    'delivery',
    leads.map((n) => makeDelivery(n, at(n))),
  )
  await rig.publish('fact', ofSlice(facts(at)))
}

/** All facts, some twice, in an order that has nothing to do with time. */
function facts(at: (n: number) => number): LeadFact[] {
  const once = numbers(LEADS).flatMap((n) => factsOf(n, at(n)))
  return shuffled([...once, ...once.slice(0, 200)])
}

/** Every third lead is won and stays so, every third is won and then lost, the others only reply. */
function factsOf(n: number, atMs: number): LeadFact[] {
  const replied = makeFact(n, 'replied', atMs, 60_000)
  if (n % 3 === 2) return [replied]
  const won = makeFact(n, 'won', atMs, 7_200_000)
  return n % 3 === 0 ? [replied, won] : [replied, won, makeFact(n, 'lost', atMs, 9_000_000)]
}

const statuses = ['won', 'lost', '']

const expectedLifecycles = (at: (n: number) => number) =>
  numbers(LEADS)
    .map((n) => ({
      lead: leadId(n),
      created: at(n),
      delivered: at(n) + 900,
      replied: at(n) + 60_000,
      status: statuses[n % 3],
      location: 'north1',
    }))
    .sort((a, b) => (a.lead < b.lead ? -1 : 1))

const lifecycles = () =>
  rig.rows(`SELECT toString(lead_id) AS lead, toFloat64(created_at) * 1000 AS created,
                   toFloat64(delivered_at) * 1000 AS delivered, toFloat64(replied_at) * 1000 AS replied,
                   status, location_id AS location
              FROM hexroute.lead_lifecycle FINAL ORDER BY lead`)

async function countOf(table: string): Promise<{ physical: number; found: number }> {
  const [row] = await rig.rows<{ physical: number; found: number }>(
    `SELECT toUInt32(count()) AS physical, (SELECT toUInt32(count()) FROM hexroute.${table} FINAL) AS found
       FROM hexroute.${table}`,
  )
  return row!
}

async function lastDone(): Promise<Record<string, number>> {
  const { rows } = await rig.postgres.query<{ stream: string; last: number }>(
    `SELECT stream, max(last_seq) AS last FROM hexroute.sink_plans WHERE state = 'done' GROUP BY stream`,
  )
  return Object.fromEntries(rows.map((row) => [row.stream, row.last]))
}

/** The same order in every run: by a hash of the place. */
function shuffled<T>(items: T[]): T[] {
  const order = (n: number) => (n * 2_654_435_761) % 4_294_967_296
  return items
    .map((item, n) => ({ item, key: order(n + 1) }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item)
}
