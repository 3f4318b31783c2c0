import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  decisionFlags,
  fallbackReasons,
  ineligibleReasons,
  outcomes,
  requestKinds,
  tiers,
} from '../../contracts/decision.ts'
import { strategies, territoryKinds } from '../../contracts/ruleset.ts'
import { type Replayed, replay } from '../../router/replay.ts'
import { createReplayStore, type ReplayRange } from '../../router/stores/replay-store.ts'
import { createTestDatabase, startTestRedis, type TestBackend, type TestDatabase } from '../support/backends.ts'
import { runCommandLine } from '../support/command-line.ts'
import { loadSize } from '../support/load-size.ts'
import { tenant } from '../support/rich-organisation.ts'
import { routeRichLeads } from '../support/rich-run.ts'

const LEADS = loadSize(3_000, 10_000)
const all: ReplayRange = { tenant, from: null, to: null, leadId: null }

let database: TestDatabase
let redis: TestBackend
let pool: pg.Pool
let decisions = 0

beforeAll(async () => {
  ;[database, redis] = await Promise.all([createTestDatabase(), startTestRedis()])
  pool = new pg.Pool({ connectionString: database.url, max: 16 })
  await timed(`${LEADS} leads routed`, () => routeRichLeads(pool, redis.url, LEADS))
  const { rows } = await pool.query('SELECT count(*)::int AS count FROM hexroute.decisions')
  decisions = rows[0].count
}, 240_000)
afterAll(async () => {
  await pool?.end()
  await redis?.stop()
  await database?.drop()
})

async function timed<T>(what: string, act: () => Promise<T>): Promise<T> {
  const start = Date.now()
  const result = await act()
  console.log(`${what} in ${((Date.now() - start) / 1000).toFixed(1)} s`)
  return result
}

async function check(range: Partial<ReplayRange> = {}): Promise<Replayed> {
  const sum: Replayed = { checked: 0, different: [], missing: [] }
  for await (const { checked, different, missing } of replay(createReplayStore(pool), { ...all, ...range })) {
    sum.checked += checked
    sum.different.push(...different)
    sum.missing.push(...missing)
  }
  return sum
}

it('every decision of the run is made again, byte for byte: two halves of the time, which make the whole', async () => {
  const middle = '2040-03-12T04:00:00.000Z'
  const parts = await timed(`${decisions} decisions replayed`, () =>
    Promise.all([check({ to: middle }), check({ from: middle })]),
  )
  expect(parts.flatMap(({ different }) => different).slice(0, 5)).toEqual([])
  expect(parts.flatMap(({ missing }) => missing)).toEqual([])
  expect(Math.min(...parts.map(({ checked }) => checked))).toBeGreaterThan(0)
  expect(parts[0]!.checked + parts[1]!.checked).toBe(decisions)
  expect(decisions).toBeGreaterThan(LEADS)
})

describe('the run used what a ruleset can say', () => {
  const each = (list: string) => `hexroute.decisions d, json_array_elements(d.document::json -> '${list}') c`
  const plain = 'hexroute.decisions d'
  it.each([
    ['outcomes', 'd.outcome', plain, outcomes],
    ['tiers', 'd.tier', plain, tiers],
    ['flags', `c #>> '{}'`, each('flags'), decisionFlags],
    ['reasons of fallbacks', 'd.fallback', plain, fallbackReasons],
    ['requests', `d.document::json -> 'request' ->> 'kind'`, plain, requestKinds],
    ['strategies', `d.document::json ->> 'strategy'`, plain, strategies],
    ['reasons against locations', `c ->> 'reason'`, each('candidates'), ineligibleReasons],
    [
      ...(['reasons against users', `c ->> 'reason'`, each('users')] as const),
      ['ABSENT', 'HOURS', 'SERVICE', 'LANGUAGE', 'CAP', 'NO_SHARE'],
    ],
    ['territories', `c ->> 'territoryKind'`, each('candidates'), territoryKinds],
    [
      ...(['rules', `c ->> 'id'`, each('rules')] as const),
      ['spam', 'later', 'vip', 'solar-ads', 'spanish', 'night', 'good', 'south-only'],
    ],
    [
      ...(['contributions', `c ->> 'id'`, each('contributions')] as const),
      ['base', 'phone', 'ads', 'big', 'free-mail', 'engagement.replied', 'engagement.appointment'],
    ],
    [
      ...(['precisions', `d.document::json -> 'place' ->> 'precision'`, plain] as const),
      ['coordinates', 'zip', 'fsa', 'zip3', 'city', 'none'],
    ],
    ['owners', `d.document::json #>> '{snapshot,sticky,relation}'`, plain, ['customer', 'open', 'lost']],
    ['refused on the walk', `(d.document::json #>> '{snapshot,refused}' <> '{}')::text`, plain, ['true', 'false']],
    ['others wait', `(d.document::json #>> '{snapshot,waiting}' <> '{}')::text`, plain, ['true', 'false']],
    ['attempts', 'd.attempt::text', plain, ['1', '2', '3', '4']],
  ])('%s', async (what, expression, from, expected) => {
    const { rows } = await pool.query<{ value: string | null; count: number }>(
      `SELECT ${expression} AS value, count(*)::int AS count FROM ${from} GROUP BY 1 ORDER BY 1`,
    )
    const found = Object.fromEntries(rows.map(({ value, count }) => [value ?? '-', count]))
    console.log(`${what}: ${JSON.stringify(found)}`)
    expect(Object.keys(found)).toEqual(expect.arrayContaining([...expected]))
  })

  it('rulesets: none, the first and the second', async () => {
    const { rows } = await pool.query('SELECT ruleset_hash, count(*) FROM hexroute.decisions GROUP BY 1')
    expect(rows).toHaveLength(3)
  })
})

describe('what was changed afterwards is named', () => {
  /** Of the first day. */
  const ids: string[] = []
  const to = '2040-03-09T05:00:00.000Z'
  let ofTheDay = 0
  beforeAll(async () => {
    const { rows } = await pool.query<{ lead_id: string }>(
      `SELECT lead_id FROM hexroute.leads WHERE attempt = 1 AND outcome = 'assigned' AND created_at < $1
       ORDER BY lead_id LIMIT 6`,
      [to],
    )
    ids.push(...rows.map(({ lead_id }) => lead_id))
    ofTheDay = (await check({ to })).checked
    const change = (sql: string, i: number) => pool.query(sql, [ids[i]])
    const decision = (from: string, to: string) =>
      `UPDATE hexroute.decisions SET document = replace(document, '${from}', '${to}') WHERE lead_id = $1`
    await change(decision('"outcome":"assigned"', '"outcome":"hq"'), 0)
    await change(decision('"repaired":', '"repaired" :'), 1)
    await change(`UPDATE hexroute.decisions SET hash = 'forged' WHERE lead_id = $1`, 2)
    await change(`UPDATE hexroute.leads SET place = jsonb_set(place, '{latitude}', '-12.5') WHERE lead_id = $1`, 3)
    await change(`UPDATE hexroute.leads SET person = '{}' WHERE lead_id = $1`, 4)
    await change('DELETE FROM hexroute.leads WHERE lead_id = $1', 5)
  })

  it('the place of the first difference, and what could not be replayed', async () => {
    const { different, missing } = await check({ to })
    const byLead = new Map(different.map(({ leadId, firstDifference }) => [leadId, firstDifference]))
    expect(byLead.get(ids[0]!)).toEqual({ path: '/outcome', recorded: '"hq"', replayed: '"assigned"' })
    expect(byLead.get(ids[1]!)).toMatchObject({ path: '', replayed: 'in another order or form' })
    expect(byLead.get(ids[2]!)).toMatchObject({ path: '/hash', recorded: 'forged' })
    expect(byLead.has(ids[3]!)).toBe(true)
    expect(JSON.stringify(byLead.get(ids[3]!))).not.toContain('-12.5')
    expect(different).toHaveLength(4)
    expect(missing).toEqual([
      { leadId: ids[4], attempt: 1, reason: 'person-erased' },
      { leadId: ids[5], attempt: 1, reason: 'lead-gone' },
    ])
  })

  it('`hexroute replay --check` says so and exits with 1; of a sound lead it exits with 0', async () => {
    const env = { DATABASE_URL: database.url }
    const told = await runCommandLine(env, 'replay', '--check', '--tenant', tenant, '--to', to)
    expect(told.err).toBe('')
    expect(told.code).toBe(1)
    expect(told.out).toContain(`4 of ${ofTheDay - 2} decisions do not replay.`)
    expect(told.out).toMatch(new RegExp(`${ids[0]} +1 +/outcome +"hq" +"assigned"`))
    expect(told.out).toMatch(new RegExp(`2 could not be replayed:[^]*${ids[4]} +1 +its person was erased`))
    expect(told.out).not.toContain('@')
    const { rows } = await pool.query('SELECT lead_id FROM hexroute.leads ORDER BY lead_id DESC LIMIT 1')
    const sound = await runCommandLine(env, '--json', 'replay', '--check', '--lead', rows[0].lead_id)
    expect(sound.code).toBe(0)
    expect(JSON.parse(sound.out)).toMatchObject({ differentCount: 0, missingCount: 0, different: [], missing: [] })
  })

  it('`hexroute drift` and `rebuild counters` ask the stores themselves', async () => {
    const env = { DATABASE_URL: database.url, REDIS_URL: redis.url }
    const epoch = async () => (await pool.query('SELECT epoch FROM hexroute.counter_epochs')).rows[0].epoch
    const before = await epoch()
    const rebuilt = await runCommandLine(env, 'rebuild', 'counters', '--tenant', tenant)
    expect(rebuilt).toMatchObject({ code: 0, err: '' })
    expect(await epoch()).not.toBe(before)
    const drift = await runCommandLine(env, '--json', 'drift', '--tenant', tenant)
    expect(JSON.parse(drift.out)).toMatchObject({ tenant, drifted: 0 })
    expect(drift.code).toBe(0)
    await pool.query(
      `UPDATE hexroute.reservations SET state = 'RELEASED' WHERE array_to_string(counter_keys, ' ') LIKE '%:total%'`,
    )
    expect((await runCommandLine(env, 'drift', '--tenant', tenant)).code).toBe(1)
  })
})
