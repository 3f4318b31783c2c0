import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { RulesetDocument } from '../../contracts/ruleset.ts'
import { MONDAY_NOON_MS, type RoutedAgency, startRoutedAgency } from '../support/routed-agency.ts'

const MINUTE_MS = 60_000
const DAY_MS = 1_440 * MINUTE_MS

let agency: RoutedAgency

const zips = (locationId: string, exclusive: boolean): RulesetDocument['territories'][number] => ({
  ...{ id: `t-${locationId}`, locationId, exclusive, kind: 'zip', country: 'US', codes: ['30305'] },
})
const caps = (locationId: string, limit: number | null): RulesetDocument['caps'][number] => ({
  ...{ locationId, metric: 'leads', window: 'day', limit },
})
/** north1 owns the ZIP; leads that it has no room for wait a day, then swim. */
const holding = (limit: number | null, change: Partial<RulesetDocument> = {}): Partial<RulesetDocument> => ({
  territories: [zips('north1', true)],
  caps: [caps('north1', limit)],
  fallback: {
    hold: { minutesMax: 1_440 },
    pond: { groups: [{ id: 'p', locationIds: ['north2', 'south1'], minutes: 30 }] },
  },
  ...change,
})
const contact = (n: number): string => `c${String(n).padStart(4, '0')}`
/** One form a second, in one batch. */
const fill = (from: number, to: number) =>
  agency.submit(
    ...Array.from({ length: to - from }, (_, i) => ({
      contact: contact(from + i),
      receivedMs: agency.nowMs() + i * 1_000,
    })),
  )
const outcomes = async (): Promise<Record<string, string>> => {
  const { rows } = await agency.pool.query(
    'SELECT intake_contact_id AS contact, outcome FROM hexroute.leads ORDER BY intake_contact_id',
  )
  return Object.fromEntries(rows.map(({ contact, outcome }) => [contact, outcome]))
}
const assigned = async (): Promise<string[]> =>
  Object.entries(await outcomes()).flatMap(([name, outcome]) => (outcome === 'assigned' ? [name] : []))
const held = async (): Promise<number> => Object.values(await outcomes()).filter((outcome) => outcome === 'held').length
const wake = () => agency.chore('held leads')
const countDecisions = async (): Promise<number> =>
  Number((await agency.pool.query('SELECT count(*) FROM hexroute.decisions')).rows[0].count)

beforeAll(async () => {
  agency = await startRoutedAgency()
})
afterAll(() => agency?.stop())
beforeEach(async () => {
  agency.at(MONDAY_NOON_MS)
  for (const id of ['north1', 'north2', 'south1']) await agency.setStatus(id, 'active')
  await agency.reset()
})

describe('held leads', () => {
  it('raise a cap with 500 held: no stampede, oldest first, as many as were freed, and they come before new arrivals', async () => {
    await agency.publish(holding(1))
    await fill(0, 501)
    expect(await held()).toBe(500)
    await wake()
    expect(await countDecisions()).toBe(501)
    await agency.publish(holding(41))
    await agency.chore('waiting counts')
    const [late] = await agency.submit({ contact: 'late', receivedMs: agency.nowMs() + DAY_MS / 2 })
    expect(late!.outcome).toBe('held')
    await wake()
    expect(await assigned()).toEqual(Array.from({ length: 41 }, (_, n) => contact(n)))
    expect(await countDecisions()).toBe(502 + 40)
    expect(await agency.used('north1', 'leads:day')).toBe(41)
    expect(await agency.drift()).toBe(0)
  })

  it('one place that is given back wakes one lead, the oldest', async () => {
    await agency.publish(holding(2))
    await fill(0, 6)
    const [first] = await agency.decisions(contact(0))
    await agency.call('POST', `/v1/leads/${first!.leadId}/return`, { reason: 'spam' })
    await wake()
    expect(await assigned()).toEqual([contact(1), contact(2)])
    expect((await outcomes())[contact(0)]).toBe('rejected')
    expect(await agency.drift()).toBe(0)
  })

  it('location offboarded with held leads: they go to who else has the ZIP, and without one to HQ', async () => {
    const contract = { ...zips('north1', true), whenUnavailable: 'HOLD' as const }
    await agency.publish(holding(0, { territories: [contract, zips('north2', false)] }))
    await fill(0, 3)
    expect(await held()).toBe(3)
    await agency.setStatus('north1', 'inactive')
    await wake()
    expect((await agency.latest(contact(0))).locationId).toBe('north2')
    expect(await held()).toBe(0)
    await agency.reset()
    await agency.setStatus('north1', 'active')
    await agency.publish(holding(0))
    await fill(3, 5)
    expect(await held()).toBe(2)
    await agency.setStatus('north1', 'inactive')
    await wake()
    expect(await outcomes()).toEqual({ [contact(3)]: 'hq', [contact(4)]: 'hq' })
  })

  it('a held lead whose time is over goes to the pond, and from there to HQ', async () => {
    await agency.publish(holding(0))
    await fill(0, 1)
    agency.at(MONDAY_NOON_MS + DAY_MS - 1)
    await wake()
    expect(await held()).toBe(1)
    agency.at(MONDAY_NOON_MS + DAY_MS)
    await wake()
    expect(await agency.latest(contact(0))).toMatchObject({ outcome: 'pond', offeredTo: ['north2', 'south1'] })
    agency.at(MONDAY_NOON_MS + DAY_MS + 30 * MINUTE_MS)
    await agency.chore('pond')
    expect(await agency.latest(contact(0))).toMatchObject({ outcome: 'hq', fallback: 'UNCLAIMED', attempt: 3 })
  })

  it('a lead whose time is over does not wait for those before it in the queue', async () => {
    const hold = (id: string, source: string, minutes: number) => ({
      ...{ id, when: { field: 'source', op: 'eq', value: source }, do: { hold: { minutes } } },
    })
    const rules = [{ id: 'g', match: 'first', rules: [hold('slow', 'ads', 60), hold('quick', 'phone', 5)] }]
    await agency.publish(holding(null, { rules } as Partial<RulesetDocument>))
    await fill(0, 40)
    await agency.submit({ contact: 'quick', person: { source: 'phone' }, receivedMs: MONDAY_NOON_MS + MINUTE_MS })
    agency.at(MONDAY_NOON_MS + 6 * MINUTE_MS)
    await wake()
    expect(await assigned()).toEqual(['quick'])
  })

  it('unpause wakes', async () => {
    const contract = { ...zips('north1', true), whenUnavailable: 'HOLD' as const }
    await agency.publish(holding(null, { territories: [contract] }))
    await agency.setStatus('north1', 'paused')
    await fill(0, 3)
    await wake()
    expect(await held()).toBe(3)
    await agency.setStatus('north1', 'active')
    await wake()
    expect(await assigned()).toEqual([contact(0), contact(1), contact(2)])
  })

  it('window start wakes: at local midnight, not before, and the new day counts them', async () => {
    await agency.publish(holding(2))
    await fill(0, 5)
    const midnightMs = Date.parse('2030-06-11T04:00:00Z')
    agency.at(midnightMs - 1)
    await wake()
    expect(await held()).toBe(3)
    agency.at(midnightMs)
    await wake()
    expect(await assigned()).toEqual([0, 1, 2, 3].map(contact))
    expect(await agency.latest(contact(2))).toMatchObject({ decidedAt: '2030-06-11T04:00:00.000Z' })
    expect(await agency.used('north1', `leads:day:${midnightMs}`)).toBe(2)
  })

  it('closing of a lead wakes: its concurrent place goes to the oldest', async () => {
    await agency.publish(holding(1, { caps: [{ ...caps('north1', 1), window: 'concurrent' }] }))
    await fill(0, 3)
    await agency.tell(contact(0), 'OpportunityStatusUpdate', { status: 'won' })
    await wake()
    expect(await assigned()).toEqual([contact(0), contact(1)])
    expect(await agency.drift()).toBe(0)
  })
})
