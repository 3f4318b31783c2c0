import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { RulesetDocument } from '../../contracts/ruleset.ts'
import { toEvent } from '../../ingest/steps/to-event.ts'
import { workflowToEvent } from '../../ingest/steps/workflow-to-event.ts'
import { FUNNEL, formEvent, tenant } from '../support/form-events.ts'
import { fixture } from '../support/gateway.ts'
import { MONDAY_NOON_MS, type RoutedAgency, startRoutedAgency } from '../support/routed-agency.ts'
import { until } from '../support/until.ts'

const MINUTE_MS = 60_000
const DAY_MS = 1_440 * MINUTE_MS

let agency: RoutedAgency

const ownedBy = (locationId: string): Partial<RulesetDocument> => ({
  territories: [{ id: 't', locationId, exclusive: true, kind: 'zip', country: 'US', codes: ['30305'] }],
  caps: [{ locationId, metric: 'leads', window: 'day', limit: 1_000 }],
})
const leadCount = async (): Promise<number> =>
  Number((await agency.pool.query('SELECT count(*) FROM hexroute.leads')).rows[0].count)
const dana = { email: 'dana@example.com', phone: '(404) 555-0142' }
const organisation = {
  location: (id: string) => (['north1', FUNNEL].includes(id) ? { tenant, intake: id === FUNNEL } : undefined),
  hasTenant: () => false,
}
/** A new contact of a sub-account as the gateway takes it in: by the app, and by a workflow. */
function webhooksOf(locationId: string): object[] {
  const arrival = (body: Record<string, unknown>) => ({
    ...{ raw: Buffer.from(JSON.stringify(body)), body, requestId: 'r', nowMs: agency.nowMs() },
  })
  const created = fixture('webhooks/ContactCreate.json', { locationId, source: 'hexroute:lead', ...dana, appId: 'app' })
  const posted = fixture('workflow/contact-created.json', { location: { id: locationId }, ...dana })
  const source = { tenant, secretSha256: '', locationId: FUNNEL }
  return [
    { ...toEvent(arrival(created), 'app', organisation)!.envelope, payload: created },
    { ...workflowToEvent(arrival(posted), 'form', source, organisation).envelope, payload: posted },
  ]
}
const ask = async (contact: string) => (await agency.submit({ contact, person: dana }))[0]!

beforeAll(async () => {
  agency = await startRoutedAgency()
})
afterAll(() => agency?.stop())
beforeEach(async () => {
  agency.at(MONDAY_NOON_MS)
  await agency.setStatus('north1', 'active')
  await agency.reset()
  await agency.publish(ownedBy('north1'))
})

describe('a person who is known', () => {
  it('duplicate in the same second is one lead, in one batch and in two', async () => {
    await agency.submit({ contact: 'c1', person: dana }, { contact: 'c1', person: dana })
    await ask('c1')
    expect(await leadCount()).toBe(1)
    expect(await agency.decisions('c1')).toHaveLength(1)
  })

  it('repeat within 10 minutes is the same lead; after 10 minutes and after 3 days it is a new one with the same owner', async () => {
    await ask('c1')
    await agency.publish(ownedBy('north2'))
    agency.at(MONDAY_NOON_MS + 10 * MINUTE_MS - 1)
    await ask('c1')
    expect(await leadCount()).toBe(1)
    agency.at(MONDAY_NOON_MS + 21 * MINUTE_MS)
    expect(await ask('c1')).toMatchObject({ tier: 'sticky', locationId: 'north1' })
    agency.at(MONDAY_NOON_MS + 3 * DAY_MS)
    expect(await ask('c1')).toMatchObject({ tier: 'sticky', locationId: 'north1' })
    expect(await leadCount()).toBe(3)
  })

  it.each([
    ['won', 2_000, 'north1'],
    ['lost', 89, 'north1'],
    ['lost', 91, 'north2'],
    ['abandoned', 91, 'north2'],
  ])('whose lead was %s %i days ago goes to %s', async (status, days, owner) => {
    await ask('c1')
    await agency.tell('c1', 'OpportunityStatusUpdate', { status }, 5)
    await agency.publish(ownedBy('north2'))
    agency.at(MONDAY_NOON_MS + days * DAY_MS)
    await agency.pool.query('SELECT hexroute.ensure_partitions($1::timestamptz::date, 1)', [new Date(agency.nowMs())])
    expect((await ask('c2')).locationId).toBe(owner)
  })

  it('an open lead keeps its owner; an owner that is inactive keeps nobody', async () => {
    await ask('c1')
    await agency.publish(ownedBy('north2'))
    agency.at(MONDAY_NOON_MS + DAY_MS)
    expect((await ask('c2')).locationId).toBe('north1')
    await agency.setStatus('north1', 'inactive')
    agency.at(MONDAY_NOON_MS + 2 * DAY_MS)
    expect((await ask('c3')).locationId).toBe('north2')
  })

  it('our own write, echoed by the app and by a workflow, makes no lead; made in the funnel the same would', async () => {
    await ask('c1')
    // Within ten minutes it would be the same lead, whoever sent it.
    agency.at(MONDAY_NOON_MS + DAY_MS)
    expect(await agency.handle(webhooksOf('north1'))).toEqual(['acknowledged', 'acknowledged'])
    for (const type of ['ContactUpdate', 'OpportunityCreate'])
      expect(await agency.tell('c1', type, { status: 'open' })).toEqual(['acknowledged'])
    expect(await leadCount()).toBe(1)
    expect(await agency.decisions('c1')).toHaveLength(1)
    expect(await agency.handle(webhooksOf(FUNNEL))).toEqual(['acknowledged', 'acknowledged'])
    expect(await leadCount()).toBe(2)
  })

  it('update before create: no lead comes of it, and the lead that comes knows it', async () => {
    const update = { ...formEvent({ contact: 'c1', person: { ...dana, city: 'Decatur' } }, agency.nowMs() + 1_000) }
    await agency.handle([{ ...update, type: 'ContactUpdate' }])
    expect(await leadCount()).toBe(0)
    await ask('c1')
    await agency.chore('waiting facts')
    const { rows } = await agency.pool.query(`SELECT person_latest ->> 'city' AS city FROM hexroute.leads`)
    expect(rows).toEqual([{ city: 'Decatur' }])
  })
})

describe('consent and do not disturb', () => {
  const given = { field: 'custom.consent', op: 'eq', value: 'yes' } as const
  const consenting = { customFields: { consent: 'yes' } }

  it('NO_CONSENT, DNC: rejected with the reason, and nothing is counted', async () => {
    await agency.publish({ ...ownedBy('north1'), consent: { given, otherwise: 'REJECT' } })
    const decisions = await agency.submit(
      { contact: 'yes', person: consenting },
      { contact: 'no' },
      { contact: 'dnd', person: { ...consenting, dnd: true } },
    )
    expect(decisions.map(({ outcome, fallback }) => [outcome, fallback])).toEqual([
      ['assigned', null],
      ['rejected', 'NO_CONSENT'],
      ['rejected', 'DNC'],
    ])
    expect(await agency.used('north1', 'leads:day')).toBe(1)
  })

  it('or assigned silently: nobody is messaged', async () => {
    await agency.publish({ ...ownedBy('north1'), consent: { given, otherwise: 'ASSIGN_SILENTLY' } })
    const decisions = await agency.submit(
      { contact: 'yes', person: consenting },
      { contact: 'no' },
      { contact: 'dnd', person: { ...consenting, dnd: true } },
    )
    expect(decisions.map(({ outcome, silent }) => [outcome, silent])).toEqual([
      ['assigned', false],
      ['assigned', true],
      ['assigned', true],
    ])
  })
})

/** Forms by tens, until it is told to stop: then ten more, so that what happened meanwhile was in its middle. */
function startBurst(): { stop: () => Promise<number> } {
  let [sent, isStopping] = [0, false]
  const sendTen = async () => {
    const events = Array.from({ length: 10 }, (_, n) => formEvent({ contact: `b${sent + n}` }, MONDAY_NOON_MS))
    await agency.publishEvents(events)
    sent += events.length
  }
  const sending = (async () => {
    while (!isStopping) await sendTen()
  })()
  return {
    stop: async () => {
      isStopping = true
      await sending
      await sendTen()
      return sent
    },
  }
}

describe('rules', () => {
  it('published in the middle of a burst: each decision carries exactly one hash, and follows it; roll back restores identical rules', async () => {
    const before = await agency.publish(ownedBy('north1'))
    const consumption = await agency.consume(10)
    const burst = startBurst()
    await until('some are decided', 20_000, leadCount, (count) => count >= 40)
    const after = await agency.publish(ownedBy('north2'))
    const sent = await burst.stop()
    await until('all settled', 30_000, agency.inFlight, (count) => count === 0)
    await consumption.stop()
    const { rows } = await agency.pool.query(
      `SELECT ruleset_hash AS hash, location_id AS location, count(*)::int AS count FROM hexroute.decisions GROUP BY 1, 2`,
    )
    expect(rows.map(({ hash, location }) => `${hash} ${location}`).toSorted()).toEqual(
      [`${before} north1`, `${after} north2`].toSorted(),
    )
    expect(rows.reduce((sum, { count }) => sum + count, 0)).toBe(sent)
    const back = await agency.call('POST', '/v1/rulesets/rollback', { tenant: 'agencyA' })
    expect(back.body.hash).toBe(before)
    await agency.refresh()
    expect(await ask('last')).toMatchObject({ rulesetHash: before, locationId: 'north1' })
  })
})
