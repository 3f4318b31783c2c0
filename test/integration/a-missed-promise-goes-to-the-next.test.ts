import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { RulesetDocument } from '../../contracts/ruleset.ts'
import { MONDAY_NOON_MS, type RoutedAgency, startRoutedAgency } from '../support/routed-agency.ts'

const MINUTE_MS = 60_000
const locations = ['north1', 'north2', 'south1']

let agency: RoutedAgency

const shared = (locationId: string): RulesetDocument['territories'][number] => ({
  ...{ id: `t-${locationId}`, locationId, exclusive: false, kind: 'zip', country: 'US', codes: ['30305', '30309'] },
})
const cap = (locationId: string, window: 'day' | 'concurrent'): RulesetDocument['caps'][number] => ({
  ...{ locationId, window, metric: 'leads', limit: 10 },
})
const rules = (change: Partial<RulesetDocument> = {}): Partial<RulesetDocument> => ({
  territories: locations.map(shared),
  caps: locations.flatMap((id) => [cap(id, 'day'), cap(id, 'concurrent')]),
  sla: { minutes: 30 },
  ...change,
})
/** A router that looks at the clock every minute. */
const pass = async (minutes: number): Promise<void> => {
  for (let minute = 0; minute < minutes; minute += 1) {
    agency.at(agency.nowMs() + MINUTE_MS)
    await agency.chore('sla')
  }
}
const owners = async (contact: string) =>
  (await agency.decisions(contact)).map(({ outcome, locationId, userId }) =>
    outcome === 'assigned' ? `${locationId}${userId ? `/${userId}` : ''}` : outcome,
  )
const sums = async (counter: string): Promise<number[]> =>
  Promise.all(locations.map((id) => agency.used(id, `leads:${counter}`)))
const sms = { userId: 'u', messageType: 'SMS' }
const facts = async () =>
  (await agency.pool.query('SELECT fact, location_id, occurred_at FROM hexroute.lead_facts ORDER BY occurred_at')).rows
const timer = async () => (await agency.pool.query('SELECT * FROM hexroute.sla_timers')).rows[0]

beforeAll(async () => {
  agency = await startRoutedAgency()
  for (const id of ['ann', 'bob']) {
    const user = { id, tenant: 'agencyA', locationId: 'south1', name: id, status: 'active', weight: 1 }
    await agency.call('PUT', `/v1/users/${id}`, { ...user, calendarId: null, skills: [], languages: [], leave: [] })
  }
})
afterAll(() => agency?.stop())
beforeEach(async () => {
  agency.at(MONDAY_NOON_MS)
  await agency.reset()
})

describe('a missed promise', () => {
  it('goes to the next, without previous assignees, at most 3 attempts, then HQ', async () => {
    await agency.publish(rules())
    await agency.submit({ contact: 'c1' })
    await pass(29)
    expect(await owners('c1')).toHaveLength(1)
    await pass(95)
    const seen = await owners('c1')
    expect(seen).toHaveLength(4)
    expect(
      seen
        .slice(0, 3)
        .map((owner) => owner.split('/')[0])
        .toSorted(),
    ).toEqual(locations)
    expect((await agency.latest('c1')).fallback).toBe('NO_TOUCH')
    expect(seen[3]).toBe('hq')
  })

  it("gives the concurrent place back and keeps the day's", async () => {
    await agency.publish(rules())
    await agency.submit({ contact: 'c1' })
    await pass(31)
    expect(await owners('c1')).toHaveLength(2)
    expect((await sums('day')).toSorted()).toEqual([0, 1, 1])
    expect((await sums('concurrent')).toSorted()).toEqual([0, 0, 1])
    expect(await agency.drift()).toBe(0)
    await pass(65)
    expect(await sums('day')).toEqual([1, 1, 1])
    expect(await sums('concurrent')).toEqual([0, 0, 0])
    expect(await agency.drift()).toBe(0)
  })

  it("the day's place stays taken also when the lead is later moved or returned", async () => {
    await agency.publish(rules())
    await agency.submit({ contact: 'c1' })
    await pass(31)
    const { leadId, locationId } = await agency.latest('c1')
    await agency.call('POST', `/v1/leads/${leadId}/return`, { reason: 'spam' })
    const [first] = await agency.decisions('c1')
    expect(await agency.used(first!.locationId!, 'leads:day')).toBe(1)
    expect(await agency.used(locationId!, 'leads:day')).toBe(0)
    expect(await agency.drift()).toBe(0)
  })

  it('exclusive territory escalates among its own users first', async () => {
    await agency.publish(
      rules({ territories: [{ ...shared('south1'), exclusive: true }, shared('north1')], sla: { minutes: 30 } }),
    )
    await agency.submit({ contact: 'c1' })
    await pass(62)
    const seen = await owners('c1')
    expect(seen.slice(0, 2).toSorted()).toEqual(['south1/ann', 'south1/bob'])
    expect(seen[2]).toBe('north1')
  })

  it('a touch in time keeps the lead', async () => {
    await agency.publish(rules())
    await agency.submit({ contact: 'c1' })
    await agency.tell('c1', 'OutboundMessage', sms, 29)
    await pass(40)
    expect(await owners('c1')).toHaveLength(1)
    expect(await timer()).toMatchObject({ touched_at: new Date(MONDAY_NOON_MS + 29 * MINUTE_MS), breached_at: null })
  })

  it('a late touch is recorded and changes nothing: the next keeps the lead, and his own promise', async () => {
    await agency.publish(rules())
    await agency.submit({ contact: 'c1' })
    await pass(31)
    const [first, second] = await agency.decisions('c1')
    await agency.tell('c1', 'OutboundMessage', sms, 1, first!.locationId!)
    expect(await facts()).toEqual([
      { fact: 'contacted', location_id: first!.locationId, occurred_at: new Date(agency.nowMs() + MINUTE_MS) },
    ])
    expect(await agency.latest('c1')).toEqual(second)
    expect(await timer()).toMatchObject({ attempt: 2, touched_at: null, breached_at: null })
    await pass(31)
    expect(await agency.latest('c1')).toMatchObject({ attempt: 3, request: { kind: 'sla' } })
  })

  it('a late touch of a lead that is at HQ already is recorded and does not bring it back', async () => {
    await agency.publish(rules({ sla: { minutes: 30, attemptsMax: 1 } }))
    await agency.submit({ contact: 'c1' })
    await pass(31)
    const [first, hq] = await agency.decisions('c1')
    expect(hq).toMatchObject({ outcome: 'hq', fallback: 'NO_TOUCH' })
    await agency.tell('c1', 'OutboundMessage', sms)
    expect(await facts()).toMatchObject([{ fact: 'contacted', location_id: first!.locationId }])
    await pass(40)
    expect(await agency.latest('c1')).toEqual(hq)
    expect(await sums('concurrent')).toEqual([0, 0, 0])
  })

  it('an automated workflow message is no touch', async () => {
    await agency.publish(rules())
    await agency.submit({ contact: 'c1' })
    await agency.tell('c1', 'OutboundMessage', { ...sms, source: 'workflow' }, 5)
    await pass(31)
    expect(await owners('c1')).toHaveLength(2)
  })

  it('a lead that waited in the queue first has as many attempts as any other', async () => {
    await agency.publish(
      rules({
        caps: locations.map((id) => ({ ...cap(id, 'day'), limit: 0 })),
        fallback: { hold: { minutesMax: 600 } },
      }),
    )
    await agency.submit({ contact: 'c1' })
    await agency.publish(rules())
    await agency.chore('held leads')
    await pass(95)
    expect(await owners('c1')).toEqual(['held', expect.any(String), expect.any(String), expect.any(String), 'hq'])
    expect(new Set(await owners('c1')).size).toBe(5)
  })

  it('a lead that was lost moves nowhere; opened again in GHL it is open, and assigned where it then goes', async () => {
    await agency.publish(rules())
    await agency.submit({ contact: 'c1' })
    const { leadId, locationId } = await agency.latest('c1')
    const to = locations.find((id) => id !== locationId)!
    const move = () => agency.call('POST', `/v1/leads/${leadId}/move`, { locationId: to })
    const state = async () => (await agency.pool.query('SELECT stage, status FROM hexroute.leads')).rows[0]
    await agency.tell('c1', 'OutboundMessage', sms, 1)
    await agency.tell('c1', 'OpportunityStatusUpdate', { status: 'lost' }, 2)
    expect(await state()).toEqual({ stage: 'lost', status: 'lost' })
    expect(await move()).toMatchObject({ status: 409, body: { code: 'ENDED' } })
    await pass(40)
    expect(await owners('c1')).toEqual([locationId])
    await agency.tell('c1', 'OpportunityStatusUpdate', { status: 'open' })
    expect(await state()).toEqual({ stage: 'contacted', status: 'open' })
    expect(await agency.used(locationId!, 'leads:concurrent')).toBe(0)
    expect(await move()).toMatchObject({ status: 200, body: { outcome: 'assigned', locationId: to } })
    expect(await state()).toEqual({ stage: 'assigned', status: 'open' })
    expect([await agency.used(to, 'leads:concurrent'), await agency.drift()]).toEqual([1, 0])
  })
})
