import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Decision } from '../../contracts/decision.ts'
import type { FactKind, LeadFact } from '../../contracts/lead-fact.ts'
import { compileRuleset } from '../../decide/compile-ruleset.ts'
import { type FactDeps, recordFacts, recordWaitingFacts } from '../../router/record-facts.ts'
import type { ReadFact } from '../../router/steps/read-fact.ts'
import type { GiveBack } from '../../router/stores/capacity.ts'
import { createFactStore } from '../../router/stores/fact-store.ts'
import { START_SLA_TIMERS, slaTimerRow } from '../../router/stores/sla-store.ts'
import { createTestDatabase, type TestDatabase } from '../support/backends.ts'
import { type LeadRow, storeDecision, storeLead } from '../support/lead-rows.ts'

const startMs = Date.UTC(2026, 2, 1, 12)
const at = (minute: number): string => new Date(startMs + minute * 60_000).toISOString()
const ruleset = compileRuleset({
  hash: 'h',
  document: {
    version: 1,
    tenant: 'T',
    strategy: { exclusive: 'nearest', shared: 'nearest', nearest: 'nearest' },
    nearestMaxM: 0,
    territories: [],
    caps: [],
    score: { base: 10, rules: [], engagement: { replied: 20, appointment: 30 } },
  },
  locations: [],
  users: [],
})

describe('facts about a lead', () => {
  let database: TestDatabase
  let pool: pg.Pool
  let given: GiveBack[]
  let deps: FactDeps

  beforeAll(async () => {
    database = await createTestDatabase()
    pool = new pg.Pool({ connectionString: database.url, max: 10 })
  })
  beforeEach(() => {
    given = []
    deps = {
      organisation: { location: () => undefined, ruleset: () => ruleset } as unknown as FactDeps['organisation'],
      capacity: { giveBack: async (some: GiveBack[]) => void given.push(...some) } as unknown as FactDeps['capacity'],
      facts: createFactStore(pool),
      clock: () => startMs + 600_000_000,
    }
  })
  afterAll(async () => {
    await pool.end()
    await database.drop()
  })

  const contactOf = async (row: LeadRow, locationId = 'denver'): Promise<string> => {
    const key = `${locationId}/${randomUUID()}`
    await know(row, key)
    return key
  }
  const know = (row: LeadRow, key: string) =>
    pool.query(
      `INSERT INTO hexroute.lead_keys (tenant, kind, key, lead_id, lead_created_at) VALUES ('T', 'contact', $1, $2, $3)`,
      [key, row.leadId, row.leadCreatedAt],
    )
  const fact = (contactKey: string, kind: FactKind, minute: number): ReadFact => ({
    tenant: 'T',
    contactKey,
    locationId: contactKey.split('/')[0]!,
    kind,
    occurredAt: at(minute),
    value: null,
    eventId: randomUUID(),
  })
  const stored = async ({ leadId }: LeadRow) => {
    const { rows } = await pool.query('SELECT * FROM hexroute.leads WHERE lead_id = $1', [leadId])
    return rows[0]
  }
  const deliver = (locationId: string, state: string, updated = 'now()') =>
    pool.query(
      `INSERT INTO hexroute.deliveries (lead_id, attempt, tenant, location_id, state, updated_at)
       VALUES ($1, 1, 'T', $2, $3, ${updated})`,
      [randomUUID(), locationId, state],
    )
  const waiting = async (): Promise<number> =>
    Number((await pool.query('SELECT count(*) FROM hexroute.waiting_facts')).rows[0].count)
  const look = async (): Promise<LeadFact[]> => {
    const published: LeadFact[] = []
    await recordWaitingFacts(deps, async (facts) => void published.push(...facts))
    return published
  }

  it('late, repeated and in any order they leave one state, status and score', async () => {
    const kinds: FactKind[] = ['contacted', 'replied', 'lost', 'open', 'appointment', 'cancelled']
    const orders = [kinds, [...kinds].reverse(), ['lost', 'cancelled', 'contacted', 'open', 'appointment', 'replied']]
    const seen = []
    for (const order of orders) {
      const row = await storeLead(pool, { leadCreatedAt: at(0) })
      const key = await contactOf(row)
      for (const kind of [...order, order[0]!])
        await recordFacts(deps, [fact(key, kind as FactKind, 1 + kinds.indexOf(kind as FactKind))])
      const { stage, stage_at, status, status_at, touched_at, score, contributions } = await stored(row)
      seen.push({ stage, stage_at, status, status_at, touched_at, score, contributions })
    }
    expect(seen[0]).toEqual({
      stage: 'engaged',
      stage_at: new Date(at(6)),
      status: 'open',
      status_at: new Date(at(4)),
      touched_at: new Date(at(6)),
      score: '60.00',
      contributions: [
        { id: 'base', points: 10 },
        { id: 'engagement.appointment', points: 30 },
        { id: 'engagement.replied', points: 20 },
      ],
    })
    expect(seen[1]).toEqual(seen[0])
    expect(seen[2]).toEqual(seen[0])
  })

  it('two routers that record facts of one lead at once lose neither', async () => {
    const row = await storeLead(pool, { leadCreatedAt: at(0) })
    const key = await contactOf(row)
    await Promise.all(
      (['contacted', 'replied', 'appointment', 'won'] as const).map((kind, n) =>
        recordFacts(deps, [fact(key, kind, n + 1)]),
      ),
    )
    expect(await stored(row)).toMatchObject({ stage: 'won', status: 'won', score: '60.00' })
  })

  it('concurrent capacity is given back when a lead is won, lost, abandoned or unqualified', async () => {
    for (const kind of ['won', 'lost', 'abandoned', 'unqualified'] as const) {
      const row = await storeLead(pool, { leadCreatedAt: at(0) })
      const key = await contactOf(row)
      await recordFacts(deps, [fact(key, 'contacted', 1)])
      expect(given).toEqual([])
      await recordFacts(deps, [fact(key, kind, 2)])
      expect(given, kind).toMatchObject([{ leadId: row.leadId, attempt: 1, state: 'CLOSED', places: [{ amount: 1 }] }])
      given = []
    }
  })

  it('a former owner who marks the lead lost ends nothing and is not in the figures; his earlier facts are', async () => {
    const row = await storeLead(pool, { leadCreatedAt: at(0), decidedAt: at(0) })
    const first = await contactOf(row)
    await storeDecision(pool, { ...row, attempt: 2, locationId: 'boulder', decidedAt: at(10) })
    const second = await contactOf(row, 'boulder')
    const published = await recordFacts(deps, [
      fact(first, 'replied', 5),
      fact(first, 'lost', 11),
      fact(second, 'contacted', 12),
    ])
    expect(published.map((one) => one.fact)).toEqual(['replied', 'contacted'])
    expect(await stored(row)).toMatchObject({ stage: 'engaged', status: 'open' })
    expect(given).toEqual([])
    const { rows } = await pool.query('SELECT fact FROM hexroute.lead_facts WHERE lead_id = $1', [row.leadId])
    expect(rows).toHaveLength(3)
  })

  it('a human touch keeps the promise of the first touch, an answer of the person does not', async () => {
    const row = await storeLead(pool, { leadCreatedAt: at(0) })
    const key = await contactOf(row)
    const decision = { ...row, tenant: 'T' } as unknown as Decision
    await pool.query(START_SLA_TIMERS, [JSON.stringify([slaTimerRow(decision, Date.parse(at(30)))])])
    const touched = async () =>
      (await pool.query('SELECT touched_at FROM hexroute.sla_timers WHERE lead_id = $1', [row.leadId])).rows[0]
        .touched_at
    await recordFacts(deps, [fact(key, 'open', 1), fact(key, 'replied', 2)])
    expect(await touched()).toBe(null)
    await recordFacts(deps, [fact(key, 'contacted', 9), fact(key, 'moved', 8)])
    expect(await touched()).toEqual(new Date(at(8)))
  })

  it('a fact that comes before the delivery has stored its contact waits for it and is then recorded', async () => {
    const row = await storeLead(pool, { leadCreatedAt: at(0), locationId: 'early' })
    await deliver('early', 'started')
    expect(await recordFacts(deps, [fact('early/c1', 'replied', 1)])).toEqual([])
    expect(await look()).toEqual([])
    expect(await waiting()).toBe(1)
    await know(row, 'early/c1')
    expect(await look()).toMatchObject([{ leadId: row.leadId, fact: 'replied', occurredAt: at(1) }])
    expect(await stored(row)).toMatchObject({ stage: 'engaged' })
    expect(await waiting()).toBe(0)
  })

  it('facts of a sub-account whose deliveries have all said their contact are not kept', async () => {
    await deliver('quiet', 'delivered')
    await recordFacts(deps, [fact('quiet/stranger', 'replied', 1)])
    expect(await waiting()).toBe(0)
  })

  it('what waited for a stranger is forgotten when the delivery turns out to be about somebody else', async () => {
    await deliver('busy', 'started')
    await recordFacts(deps, [fact('busy/stranger', 'replied', 1)])
    expect(await waiting()).toBe(1)
    await pool.query(`UPDATE hexroute.deliveries SET state = 'contact' WHERE location_id = 'busy'`)
    expect(await look()).toEqual([])
    expect(await waiting()).toBe(0)
  })

  it('nothing waits for more than a day', async () => {
    await deliver('stuck', 'started')
    await recordFacts(deps, [fact('stuck/stranger', 'replied', 1)])
    const now = deps.clock()
    deps.clock = () => now + 24 * 3_600_000
    await look()
    expect(await waiting()).toBe(1)
    deps.clock = () => now + 24 * 3_600_000 + 1
    await look()
    expect(await waiting()).toBe(0)
  })
})
