import type { ClickHouseClient } from '@clickhouse/client'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Person } from '../../contracts/event.ts'
import { subjects } from '../../contracts/streams.ts'
import { createErasure } from '../../directory/erasure/create-erasure.ts'
import { type ErasePersonDeps, erasePerson } from '../../directory/erasure/erase-person.ts'
import { soughtOf } from '../../directory/erasure/steps/sought.ts'
import { createClickhouse } from '../../kernel/clickhouse.ts'
import { createLogger } from '../../kernel/logger.ts'
import { connectNats, type Nats } from '../../kernel/nats.ts'
import { demoTenant } from '../../local/demo/locations.ts'
import { countInFlight } from '../support/at-rest.ts'
import { runCommandLine } from '../support/command-line.ts'
import { formEvent } from '../support/form-events.ts'
import { type Stack, startStack } from '../support/stack.ts'
import { placesOf } from '../support/texts-at-rest.ts'
import { until } from '../support/until.ts'

const LEADS = 60
type Row = { leadId: string; person: Person; contact: string; delivered: string | null }

/** The whole product with traffic; then two of its people ask to be forgotten. */
describe('a person who asks to be forgotten', () => {
  let stack: Stack
  let pool: pg.Pool
  let nats: Nats
  let clickhouse: ClickHouseClient
  let people: Row[]

  beforeAll(async () => {
    stack = await startStack()
    pool = new pg.Pool({ connectionString: stack.databaseUrl, max: 3 })
    nats = await connectNats(stack.nats.url, 'test', createLogger('test', 'silent'))
    clickhouse = createClickhouse(stack.clickhouse.url, 'test')
    await stack.simulator.call('POST', '/_sim/traffic', {
      ...{ count: LEADS, ratePerS: 60, duplicateShare: 0.1, badSignatureShare: 0, unknownShare: 0, reorderShare: 0.02 },
      timeScale: 0.002,
    })
    await settle()
    const { rows } = await pool.query<Row>(
      `SELECT l.lead_id AS "leadId", l.person, l.intake_location_id || '/' || l.intake_contact_id AS contact,
         d.location_id || '/' || d.contact_id AS delivered
       FROM hexroute.leads l JOIN hexroute.deliveries d USING (lead_id)
       WHERE d.state = 'delivered' AND l.person ->> 'email' <> '' AND l.person ->> 'phone' <> '' ORDER BY l.lead_id`,
    )
    people = rows
  }, 240_000)
  afterAll(async () => {
    await clickhouse?.close()
    await nats?.connection.close()
    await pool?.end()
    await stack?.stop()
  })

  const settle = async (): Promise<void> => {
    await stack.simulator.call('POST', '/_sim/settle', { timeScale: 0 })
    const isSettled = async () => (await stack.simulator.call('GET', '/_sim/truth')).body.settled === true
    await until('the simulator has settled', 120_000, isSettled, Boolean)
    await until(
      'all has arrived',
      60_000,
      () => countInFlight(stack.nats.url, pool),
      (count) => count === 0,
    )
  }
  const textsOf = ({ person, contact, delivered }: Row): string[] =>
    [person.email, person.phone, person.address, `${person.firstName} ${person.lastName}`, contact, delivered]
      .concat([contact.split('/')[1]!, delivered?.split('/')[1] ?? null])
      .filter((text) => text !== null && text !== '') as string[]
  const places = (row: Row) => placesOf(textsOf(row), { pool, clickhouse, natsDir: stack.nats.dir })
  const figures = async () => {
    const get = async (path: string) => {
      const answer = await fetch(stack.urls.analytics + path, {
        headers: { authorization: `Bearer ${stack.adminKey}` },
      })
      // Times go on by themselves: when it was asked, and until when GHL was compared.
      const { asOf: _, ...rest } = (await answer.json()) as Record<string, unknown>
      return rest.compared ? { ...rest, compared: { ...rest.compared, until: null } } : rest
    }
    const rows = async (query: string) => (await clickhouse.query({ query, format: 'JSONEachRow' })).json()
    return {
      conversion: await get('/v1/conversion?window=7d'),
      unaccounted: await get('/v1/unaccounted?hours=24'),
      lifecycle: await rows(
        `SELECT outcome, location_id, status, count() AS n, countIf(delivered_at IS NOT NULL) AS delivered
           FROM hexroute.lead_lifecycle FINAL GROUP BY ALL ORDER BY ALL`,
      ),
      leads: (await pool.query('SELECT outcome, count(*) FROM hexroute.leads GROUP BY 1 ORDER BY 1')).rows,
    }
  }

  it('is found nowhere afterwards, and every figure is what it was', async () => {
    const person = people[0]!
    const before = await figures()
    const stores = new Set((await places(person)).map((place) => place.split(' ')[0]))
    expect([...stores].sort()).toEqual(['clickhouse', 'postgres', 'stream'])
    const env = { HEXROUTE_DIRECTORY_URL: stack.urls.directory, HEXROUTE_KEY: stack.adminKey }
    const run = await runCommandLine(env, '--json', 'erase', '--tenant', demoTenant, '--email', person.person.email!)
    expect(run.err).toBe('')
    expect(JSON.parse(run.out)).toMatchObject({ leads: 1, ghl: { marked: 2, gone: 0 }, left: 0 })
    // Tagging tells us of itself by webhook: what came of it goes with the second call.
    await settle()
    await runCommandLine(env, 'erase', '--tenant', demoTenant, '--no-ghl', '--email', person.person.email!)
    expect(await places(person)).toEqual([])
    expect(await figures()).toEqual(before)
    const { rows } = await pool.query(
      `SELECT detail ->> 'leads' AS leads FROM hexroute.audit_log WHERE action = 'person.erase' ORDER BY at`,
    )
    expect(rows).toEqual([{ leads: '1' }, { leads: '0' }])
    const replay = await runCommandLine(
      { DATABASE_URL: stack.databaseUrl },
      'replay',
      '--check',
      '--tenant',
      demoTenant,
      '--lead',
      person.leadId,
    )
    expect(replay.out).toContain('erased')
  }, 180_000)

  it('is gone all the same when the erasure dies at any step and is asked for again', async () => {
    const person = people[1]!
    const before = await figures()
    const deps = createErasure(pool, nats)
    const sought = () => soughtOf(demoTenant, { phone: person.person.phone! })!
    const dying: Partial<ErasePersonDeps>[] = [
      { askDelivery: (request) => deps.askDelivery(request).then(die) },
      { askAnalytics: () => die() },
      { askAnalytics: (request) => deps.askAnalytics(request).then(die) },
      { search: { ...deps.search, erase: dieAfter(1, deps.search.erase) } },
      { store: { ...deps.store, erase: () => die() } },
      { store: { ...deps.store, erase: (...given) => deps.store.erase(...given).then(die) } },
    ]
    for (const death of dying)
      await expect(erasePerson({ ...deps, ...death }, sought(), true)).rejects.toThrow('killed')
    await settle()
    await erasePerson(deps, sought(), false)
    expect(await places(person)).toEqual([])
    expect(await figures()).toEqual(before)
  }, 180_000)

  it('is a new lead, with an id of its own, when the same contact asks again', async () => {
    const { leadId, contact, person } = people[0]!
    const [locationId, contactId] = contact.split('/') as [string, string]
    const nowMs = Date.now()
    const event = formEvent({ contact: contactId, person }, nowMs)
    await nats.jetstream.publish(
      subjects.event(demoTenant, locationId, event.type),
      JSON.stringify({ ...event, tenant: demoTenant, locationId }),
    )
    const leadOf = async () =>
      (
        await pool.query<{ id: string }>('SELECT lead_id AS id FROM hexroute.leads WHERE event_id = $1', [
          event.eventId,
        ])
      ).rows[0]?.id
    const id = await until('the router has it', 30_000, leadOf, (found) => found !== undefined)
    expect(id).not.toBe(leadId)
    expect((await pool.query('SELECT person FROM hexroute.leads WHERE lead_id = $1', [leadId])).rows).toEqual([
      { person: {} },
    ])
  })
})

const die = (): never => {
  throw new Error('killed')
}
function dieAfter<T extends unknown[]>(
  times: number,
  work: (...given: T) => Promise<void>,
): (...given: T) => Promise<void> {
  let done = 0
  return async (...given) => {
    if (done++ >= times) die()
    await work(...given)
  }
}
