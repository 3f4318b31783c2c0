import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Decision } from '../../contracts/decision.ts'
import type { RulesetDocument } from '../../contracts/ruleset.ts'
import { MONDAY_NOON_MS, type RoutedAgency, startRoutedAgency } from '../support/routed-agency.ts'

let agency: RoutedAgency

const locations = ['north1', 'north2', 'south1']
const zip = (
  locationId: string,
  more: Partial<RulesetDocument['territories'][number]> = {},
): RulesetDocument['territories'][number] => ({
  ...{ id: `t-${locationId}`, locationId, exclusive: false, kind: 'zip', country: 'US', codes: ['30305'] },
  ...(more as object),
})
const cap = (locationId: string, window: 'day' | 'concurrent'): RulesetDocument['caps'][number] => ({
  ...{ locationId, window, metric: 'leads', limit: 10 },
})
const caps = locations.flatMap((id) => [cap(id, 'day'), cap(id, 'concurrent')])
const endOutages = async (): Promise<void> => {
  await agency.pool.query('UPDATE hexroute.location_outages SET ended_at = now() WHERE ended_at IS NULL')
  await agency.refresh()
}
const refusalOf = ({ candidates }: Decision, id: string | null) =>
  candidates.find(({ locationId }) => locationId === id)?.reason

beforeAll(async () => {
  agency = await startRoutedAgency()
})
afterAll(() => agency?.stop())
beforeEach(async () => {
  agency.at(MONDAY_NOON_MS)
  await agency.reset()
  await agency.refresh()
})

describe('a sub-account that GHL calls out', () => {
  it('its lead goes to the next as if it were paused, says so, and gives all its places back', async () => {
    await agency.publish({ territories: locations.map((id) => zip(id)), caps })
    const [first] = await agency.submit({ contact: 'c1' })
    expect(await agency.park('c1')).toEqual(['acknowledged'])
    const second = await agency.latest('c1')
    expect(second).toMatchObject({ attempt: 2, outcome: 'assigned', request: { kind: 'undeliverable' } })
    expect(second.locationId).not.toBe(first!.locationId)
    expect(second.request.previousLocationIds).toEqual([first!.locationId])
    expect(refusalOf(second, first!.locationId)).toBe('PAUSED')
    expect(second.why).toMatch(/; before, GoHighLevel did not take it for .+\.$/)
    expect(await agency.used(first!.locationId!, 'leads:day')).toBe(0)
    expect(await agency.used(first!.locationId!, 'leads:concurrent')).toBe(0)
    expect(await agency.used(second.locationId!, 'leads:day')).toBe(1)
    expect(await agency.drift()).toBe(0)
  })

  it('the record that comes twice, also at once, is one further decision', async () => {
    await agency.publish({ territories: locations.map((id) => zip(id)), caps })
    const [first] = await agency.submit({ contact: 'c1' })
    const { leadId } = first!
    expect(await Promise.all([agency.park('c1'), agency.park('c1')])).toEqual([['acknowledged'], ['acknowledged']])
    const { rows } = await agency.pool.query('SELECT attempt FROM hexroute.decisions WHERE lead_id = $1', [leadId])
    expect(rows).toHaveLength(2)
    expect(await agency.drift()).toBe(0)
  })

  it('new leads pass it while it is out and come again when it is back', async () => {
    await agency.publish({ territories: [zip('north1', { exclusive: true }), zip('south1')] })
    await agency.submit({ contact: 'c1' })
    await agency.park('c1')
    const [meanwhile] = await agency.submit({ contact: 'c2', person: { email: 'two@example.com', phone: null } })
    expect(meanwhile).toMatchObject({ locationId: 'south1', flags: ['exclusive-released'] })
    await endOutages()
    const [after] = await agency.submit({ contact: 'c3', person: { email: 'three@example.com', phone: null } })
    expect(after!.locationId).toBe('north1')
  })

  it('an exclusive owner whose contract is HOLD gets the lead after all, as he never had it', async () => {
    const owned = zip('north1', { exclusive: true, whenUnavailable: 'HOLD' })
    await agency.publish({ territories: [owned, zip('south1')] })
    await agency.submit({ contact: 'c1' })
    await agency.park('c1')
    expect(await agency.latest('c1')).toMatchObject({ outcome: 'held', fallback: 'EXCLUSIVE' })
    await endOutages()
    agency.at(MONDAY_NOON_MS + 60_000)
    await agency.chore('held leads')
    expect(await agency.latest('c1')).toMatchObject({ outcome: 'assigned', locationId: 'north1', attempt: 3 })
  })

  it('a sub-account that is back before a router looked gets its lead after all, also an exclusive owner', async () => {
    const owned = zip('north1', { exclusive: true, whenUnavailable: 'HQ' })
    await agency.publish({ territories: [owned, zip('south1')], caps })
    await agency.submit({ contact: 'c1' })
    expect(await agency.park('c1', true)).toEqual(['acknowledged'])
    const again = await agency.latest('c1')
    expect(again).toMatchObject({ attempt: 2, outcome: 'assigned', locationId: 'north1', flags: [] })
    expect(again.why).toMatch(/did not take it there before and lets leads in again\.$/)
    expect(await agency.used('north1', 'leads:day')).toBe(1)
    expect(await agency.drift()).toBe(0)
  })

  it('nobody else: the lead waits or is at HQ, it is not lost', async () => {
    await agency.publish({ territories: [zip('north1', { exclusive: true, whenUnavailable: 'HQ' })] })
    await agency.submit({ contact: 'c1' })
    await agency.park('c1')
    const last = await agency.latest('c1')
    expect(last).toMatchObject({ outcome: 'hq', fallback: 'EXCLUSIVE' })
    expect(last.why).toContain('before, GoHighLevel did not take it for')
  })

  it('a lead that has ended stays where it is', async () => {
    await agency.publish({ territories: locations.map((id) => zip(id)) })
    const [{ leadId }] = (await agency.submit({ contact: 'c1' })) as [Decision]
    await agency.pool.query(`UPDATE hexroute.leads SET status = 'won' WHERE lead_id = $1`, [leadId])
    expect(await agency.park('c1')).toEqual(['acknowledged'])
    expect(await agency.decisions('c1')).toHaveLength(1)
  })
})
