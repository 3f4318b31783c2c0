import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newRequest } from '../../contracts/decision.ts'
import type { Lead } from '../../decide/lead.ts'
import { recognise } from '../../router/steps/recognise.ts'
import {
  createIdentityStore,
  type IdentityStore,
  INSERT_IDENTITIES,
  identityRows,
} from '../../router/stores/identity-store.ts'
import { createTestDatabase, type TestDatabase } from '../support/backends.ts'
import { storeLead } from '../support/lead-rows.ts'

const startMs = Date.UTC(2026, 2, 1, 12)
const minute = (minutes: number): string => new Date(startMs + minutes * 60_000).toISOString()
const DAY = 24 * 60

describe('a person who asks again', () => {
  let database: TestDatabase
  let pool: pg.Pool
  let store: IdentityStore

  beforeAll(async () => {
    database = await createTestDatabase()
    pool = new pg.Pool({ connectionString: database.url, max: 5 })
    store = createIdentityStore(pool)
  })
  afterAll(async () => {
    await pool.end()
    await database.drop()
  })

  const person = (fields: Partial<Lead['person']> = {}) =>
    ({ country: 'US', tags: [], customFields: {}, ...fields }) as Lead['person']
  const submitted = (contact: string, at: string, fields: Partial<Lead> = {}): Lead => ({
    leadId: randomUUID(),
    tenant: 'T',
    eventId: randomUUID(),
    attempt: 1,
    createdAt: at,
    intakeLocationId: 'funnel',
    intakeContactId: contact,
    key: `funnel/${contact}`,
    person: person(),
    place: { country: 'US' } as Lead['place'],
    request: newRequest,
    ...fields,
  })
  /** As the router commits it. */
  const commit = async (lead: Lead, locationId = 'denver') => {
    await storeLead(pool, { ...lead, leadCreatedAt: lead.createdAt, locationId })
    await pool.query(INSERT_IDENTITIES, [JSON.stringify(identityRows(lead))])
    return lead
  }
  const judge = async (...leads: Lead[]) =>
    recognise(leads, await store.known(leads), () => ({ duplicateMinutes: 10, lostDays: 90, isSticky: true }), {
      nowMs: Date.parse(leads[0]!.createdAt),
      isActive: () => true,
    })
  const latest = async ({ leadId }: { leadId: string }) => {
    const { rows } = await pool.query('SELECT person_latest, touched_at FROM hexroute.leads WHERE lead_id = $1', [
      leadId,
    ])
    return rows[0]
  }

  it('duplicate in the same second, from another router: the same lead learns what is new', async () => {
    const first = await commit(submitted('c1', minute(0)))
    const { leads, repeats } = await judge(submitted('c1', minute(0.01), { person: person({ city: 'Boulder' }) }))
    expect(leads).toEqual([])
    await store.recordRepeats(repeats)
    await store.recordRepeats(repeats)
    expect(await latest(first)).toMatchObject({
      person_latest: { city: 'Boulder' },
      touched_at: new Date(minute(0.01)),
    })
  })

  it('duplicate after 10 minutes and after 3 days: new leads that go to the owner of the first', async () => {
    const first = await commit(submitted('c2', minute(0)))
    const second = await judge(submitted('c2', minute(10.1)))
    expect(second.leads).toMatchObject([
      { lead: { key: 'funnel/c2#2' }, sticky: { locationId: 'denver', relation: 'open' } },
    ])
    await commit(second.leads[0]!.lead)
    const third = await judge(submitted('c2', minute(3 * DAY)))
    expect(third.leads[0]!.lead.key).toBe('funnel/c2#3')
    const redelivered = await judge({ ...first, leadId: 'derived-from-the-key' })
    expect(redelivered.leads[0]!.lead).toMatchObject({ leadId: first.leadId, key: 'funnel/c2' })
  })

  it('is known by phone or e-mail at another funnel, and strangers are not', async () => {
    const ann = person({ phone: '(303) 555-0142', email: 'Ann@Example.com' })
    const first = await commit(submitted('c3', minute(0), { person: ann }), 'boulder')
    const elsewhere = (fields: Partial<Lead['person']>) =>
      judge(submitted(randomUUID(), minute(DAY), { intakeLocationId: 'funnel2', person: person(fields) }))
    const byPhone = await elsewhere({ phone: '+13035550142' })
    const byMail = await elsewhere({ email: 'ann@example.com' })
    for (const { leads } of [byPhone, byMail])
      expect(leads[0]!.sticky).toMatchObject({ leadId: first.leadId, locationId: 'boulder' })
    expect((await elsewhere({ email: 'bob@example.com' })).leads[0]!.sticky).toBe(null)
    expect((await judge(submitted('c3', minute(DAY), { tenant: 'U' }))).leads[0]!.sticky).toBe(null)
  })

  it('a customer comes back to who won him, also after leads at others', async () => {
    const won = await commit(submitted('c4', minute(0)), 'boulder')
    await pool.query(`UPDATE hexroute.leads SET stage = 'won', stage_at = created_at WHERE lead_id = $1`, [won.leadId])
    await commit(submitted('c4', minute(DAY), { key: 'funnel/c4#2' }), 'denver')
    const { leads } = await judge(submitted('c4', minute(400 * DAY)))
    expect(leads).toMatchObject([
      { lead: { key: 'funnel/c4#3' }, sticky: { locationId: 'boulder', relation: 'customer' } },
    ])
  })

  it('a filler that hundreds share costs no more than the newest 50', async () => {
    const shared = { person: person({ email: 'test@test.com' }) }
    for (let n = 0; n < 60; n += 1) await commit(submitted(`f${n}`, minute(n * 20), shared))
    const next = submitted('f60', minute(2_000), shared)
    expect((await store.known([next])).get(next.eventId)).toHaveLength(50)
  })

  it('update before create: the update waits, and the lead that comes learns it', async () => {
    const update = (city: string, at: number) => ({
      tenant: 'T',
      contact: 'funnel/c5',
      person: person({ city }),
      at: minute(at),
    })
    await store.recordUpdates([update('Boulder', 2), update('Denver', 1)], startMs)
    expect(await store.recordWaiting(startMs)).toBe(0)
    const lead = await commit(submitted('c5', minute(3)))
    expect(await store.recordWaiting(startMs)).toBe(1)
    expect((await latest(lead)).person_latest).toMatchObject({ city: 'Boulder' })
    await store.recordUpdates([update('Aspen', 9)], startMs)
    await store.recordUpdates([update('Too late', 1)], startMs)
    expect((await latest(lead)).person_latest).toMatchObject({ city: 'Aspen' })
  })

  it('an update of somebody who never becomes a lead is forgotten after two hours', async () => {
    await store.recordUpdates([{ tenant: 'T', contact: 'funnel/old', person: person(), at: minute(0) }], startMs)
    const waiting = async () =>
      (await pool.query(`SELECT 1 FROM hexroute.waiting_people WHERE contact = 'funnel/old'`)).rowCount
    await store.recordWaiting(startMs + 2 * 3_600_000)
    expect(await waiting()).toBe(1)
    await store.recordWaiting(startMs + 2 * 3_600_000 + 1)
    expect(await waiting()).toBe(0)
  })
})
