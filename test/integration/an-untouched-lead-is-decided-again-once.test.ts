import pg from 'pg'
import { pino } from 'pino'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Decision } from '../../contracts/decision.ts'
import { missSlaTimers, type SlaRequest } from '../../router/sla-timers.ts'
import { createSlaStore, START_SLA_TIMERS, slaTimerRow, TOUCH_SLA_TIMERS } from '../../router/stores/sla-store.ts'
import { createTestDatabase, type TestDatabase } from '../support/backends.ts'
import { type LeadRow, storeDecision, storeLead } from '../support/lead-rows.ts'

const startMs = Date.UTC(2026, 2, 1, 12)
const MINUTE_MS = 60_000
const at = (minute: number): string => new Date(startMs + minute * MINUTE_MS).toISOString()

describe('the promise of a first touch', () => {
  let database: TestDatabase
  let pool: pg.Pool
  let asked: SlaRequest[]

  beforeAll(async () => {
    database = await createTestDatabase()
    pool = new pg.Pool({ connectionString: database.url, max: 20 })
  })
  beforeEach(async () => {
    asked = []
    await pool.query(
      'TRUNCATE hexroute.sla_timers, hexroute.router_beats, hexroute.leads, hexroute.decisions, hexroute.reservations',
    )
  })
  afterAll(async () => {
    await pool.end()
    await database.drop()
  })

  const start = async (row: LeadRow, dueMinute: number) => {
    const decision = { ...row, tenant: 'T' } as unknown as Decision
    await pool.query(START_SLA_TIMERS, [JSON.stringify([slaTimerRow(decision, startMs + dueMinute * MINUTE_MS)])])
  }
  const assigned = async (dueMinute = 30, given: Partial<LeadRow> = {}) => {
    const row = await storeLead(pool, { leadCreatedAt: at(0), ...given })
    await start(row, dueMinute)
    return row
  }
  const touch = ({ leadId }: LeadRow, minute: number, locationId = 'denver') =>
    pool.query(TOUCH_SLA_TIMERS, [JSON.stringify([{ leadId, locationId, at: at(minute) }])])
  const record = async (requests: readonly SlaRequest[]) => {
    asked.push(...requests)
    return []
  }
  /** One look of one router at a minute. */
  const look = (minute: number, routeAgain: (requests: readonly SlaRequest[]) => Promise<Decision[]> = record) =>
    missSlaTimers({
      timers: createSlaStore(pool),
      routeAgain,
      clock: () => startMs + minute * MINUTE_MS,
      log: pino({ level: 'silent' }),
    })
  /** Every minute from one to the other, as a router that never sleeps. */
  const run = async (from: number, to: number) => {
    for (let minute = from; minute <= to; minute += 1) await look(minute)
  }
  const timer = async ({ leadId }: LeadRow) => {
    const { rows } = await pool.query('SELECT * FROM hexroute.sla_timers WHERE lead_id = $1', [leadId])
    return rows[0]
  }

  it('breach: a lead without a touch is decided again at its deadline, not before, and once', async () => {
    const row = await assigned()
    await run(28, 29)
    expect(asked).toEqual([])
    await run(30, 33)
    expect(asked).toEqual([{ leadId: row.leadId, attempt: 1, kind: 'sla' }])
    expect((await timer(row)).breached_at.toISOString()).toBe(at(30))
  })

  it('touch just before the deadline keeps the lead where it is', async () => {
    const row = await assigned()
    await look(29)
    await touch(row, 29.999)
    await run(30, 32)
    expect(asked).toEqual([])
    expect(await timer(row)).toMatchObject({ breached_at: null, touched_at: new Date(at(29.999)) })
  })

  it('late touch is recorded after the breach and does not take the lead back', async () => {
    const row = await assigned()
    await look(30)
    await touch(row, 31)
    await run(31, 34)
    expect(asked).toHaveLength(1)
    expect(await timer(row)).toMatchObject({ breached_at: new Date(at(30)), touched_at: new Date(at(31)) })
  })

  it('a touch by somebody who no longer owns the lead does not keep the promise of who does', async () => {
    const row = await assigned()
    const next = { ...row, attempt: 2, locationId: 'boulder', decidedAt: at(10) }
    await storeDecision(pool, next)
    await start(next, 40)
    await touch(row, 11)
    await look(40)
    expect(asked).toEqual([{ leadId: row.leadId, attempt: 2, kind: 'sla' }])
  })

  it('two routers never breach one timer twice', async () => {
    const rows = await Promise.all(Array.from({ length: 300 }, () => assigned()))
    for (let turn = 0; turn < 2; turn += 1) await Promise.all(Array.from({ length: 4 }, () => look(30)))
    expect(asked.map(({ leadId }) => leadId).sort()).toEqual(rows.map(({ leadId }) => leadId).sort())
  })

  it('touch and breach at one moment: exactly one of them wins', async () => {
    const rows = await Promise.all(Array.from({ length: 60 }, () => assigned()))
    await Promise.all([look(30), ...rows.map((row) => touch(row, 29))])
    const breached = new Set(asked.map(({ leadId }) => leadId))
    for (const row of rows) expect((await timer(row)).breached_at !== null, row.leadId).toBe(breached.has(row.leadId))
  })

  it('a router that dies between the breach and the next decision is followed by another', async () => {
    const row = await assigned()
    await look(30, () => Promise.reject(new Error('killed')))
    await look(30.5)
    expect(asked).toEqual([])
    await run(31, 33)
    expect(asked).toEqual([{ leadId: row.leadId, attempt: 1, kind: 'sla' }])
  })

  it('a lead that cannot be decided stops none of the others', async () => {
    const [poison, ...others] = await Promise.all(Array.from({ length: 5 }, () => assigned()))
    await look(30, async (requests) => {
      if (requests.some(({ leadId }) => leadId === poison!.leadId)) throw new Error('poison')
      return record(requests)
    })
    expect(asked.map(({ leadId }) => leadId).sort()).toEqual(others.map(({ leadId }) => leadId).sort())
  })

  it('a lead that was moved by hand is not taken from its new owner by the old timer', async () => {
    const row = await assigned()
    await storeDecision(pool, { ...row, attempt: 2, outcome: 'held', locationId: null, decidedAt: at(10) })
    await run(30, 33)
    expect(asked).toEqual([])
  })

  it('after an outage of more than 5 minutes all deadlines shift by it, once, whoever starts first', async () => {
    const early = await assigned(30)
    const late = await assigned(60)
    await look(25)
    await Promise.all([look(45), look(45), look(45)])
    expect(asked).toEqual([])
    expect((await timer(early)).due_at.toISOString()).toBe(at(50))
    expect((await timer(late)).due_at.toISOString()).toBe(at(80))
    await run(46, 50)
    expect(asked.map(({ leadId }) => leadId)).toEqual([early.leadId])
  })

  it('a silence of 5 minutes shifts nothing', async () => {
    const row = await assigned(30)
    await look(25)
    await look(30)
    expect(asked).toHaveLength(1)
    expect((await timer(row)).due_at.toISOString()).toBe(at(30))
  })

  it('a promise made during the outage waits only for the rest of it', async () => {
    await look(0)
    const row = await assigned(60, { decidedAt: at(40) })
    await look(50)
    expect((await timer(row)).due_at.toISOString()).toBe(at(70))
  })
})
