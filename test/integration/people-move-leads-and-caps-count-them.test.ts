import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { RulesetDocument } from '../../contracts/ruleset.ts'
import { MONDAY_NOON_MS, type RoutedAgency, startRoutedAgency } from '../support/routed-agency.ts'

let agency: RoutedAgency

const zip = (locationId: string, exclusive: boolean): RulesetDocument['territories'][number] => ({
  ...{ id: `t-${locationId}`, locationId, exclusive, kind: 'zip', country: 'US', codes: ['30305'] },
})
const cap = (locationId: string, window: 'day' | 'concurrent'): RulesetDocument['caps'][number] => ({
  ...{ locationId, window, metric: 'leads', limit: 2 },
})
const locations = ['north1', 'north2', 'south1']
const rules: Partial<RulesetDocument> = {
  strategy: { exclusive: 'nearest', shared: 'balanced', nearest: 'nearest' },
  territories: [zip('north1', true), zip('north2', false)],
  caps: locations.flatMap((id) => [cap(id, 'day'), cap(id, 'concurrent')]),
}
const give = (contact: string, how: 'move' | 'return', body: object) =>
  agency.latest(contact).then(({ leadId }) => agency.call('POST', `/v1/leads/${leadId}/${how}`, body))
/** Used of the day and of the leads at work, by location. */
const used = async (): Promise<Record<string, number[]>> =>
  Object.fromEntries(
    await Promise.all(
      locations.map(async (id) => [
        id,
        [await agency.used(id, 'leads:day'), await agency.used(id, 'leads:concurrent')],
      ]),
    ),
  )

beforeAll(async () => {
  agency = await startRoutedAgency()
  const user = { id: 'uma', tenant: 'agencyA', locationId: 'south1', name: 'Uma', status: 'active', weight: 1 }
  await agency.call('PUT', '/v1/users/uma', { ...user, calendarId: null, skills: [], languages: [], leave: [] })
  await agency.publish(rules)
})
afterAll(() => agency?.stop())
beforeEach(async () => {
  agency.at(MONDAY_NOON_MS)
  await agency.setStatus('south1', 'active')
  await agency.reset()
})

describe('a bad-lead return', () => {
  it('gives the capacity back, and the lead goes to the next', async () => {
    await agency.submit({ contact: 'c1' })
    expect((await give('c1', 'return', { reason: 'bad-lead' })).body).toMatchObject({
      ...{ outcome: 'assigned', locationId: 'north2', attempt: 2 },
      request: { kind: 'return', previousLocationIds: ['north1'] },
    })
    expect(await used()).toEqual({ north1: [0, 0], north2: [1, 1], south1: [0, 0] })
    expect(await agency.drift()).toBe(0)
  })

  it.each(['spam', 'duplicate'])(
    'because of %s ends the lead as rejected, and the place is free again',
    async (reason) => {
      await agency.submit({ contact: 'c1' }, { contact: 'c2' })
      expect((await give('c1', 'return', { reason })).body).toMatchObject({ outcome: 'rejected', fallback: 'RETURNED' })
      expect(await used()).toMatchObject({ north1: [1, 1] })
      expect(await agency.submit({ contact: 'c3' })).toMatchObject([{ outcome: 'assigned', locationId: 'north1' }])
      expect(await give('c1', 'return', { reason })).toMatchObject({ status: 409, body: { code: 'NOT_CLAIMABLE' } })
      expect(await agency.drift()).toBe(0)
    },
  )

  it('twice at the same instant is returned once', async () => {
    await agency.submit({ contact: 'c1' })
    const { leadId } = await agency.latest('c1')
    const answers = await Promise.all(
      [1, 2].map(() => agency.call('POST', `/v1/leads/${leadId}/return`, { reason: 'spam' })),
    )
    expect(answers.map(({ status }) => status)).toContain(200)
    expect(await agency.decisions('c1')).toHaveLength(2)
    expect(await used()).toMatchObject({ north1: [0, 0] })
  })

  it('of a lead that has ended is refused', async () => {
    await agency.submit({ contact: 'c1' })
    await agency.tell('c1', 'OpportunityStatusUpdate', { status: 'won' })
    expect(await give('c1', 'return', { reason: 'bad-lead' })).toMatchObject({ status: 409, body: { code: 'ENDED' } })
  })
})

describe('a manual move', () => {
  it('counts where it goes, is not blocked there, is flagged, and frees where it was', async () => {
    await agency.submit({ contact: 'c1' }, { contact: 'c2' })
    expect((await give('c1', 'move', { locationId: 'south1' })).body).toMatchObject({
      ...{ outcome: 'assigned', tier: 'explicit', locationId: 'south1', flags: [] },
    })
    await give('c2', 'move', { locationId: 'south1' })
    await agency.submit({ contact: 'c3' })
    expect((await give('c3', 'move', { locationId: 'south1' })).body.flags).toEqual(['cap-overridden'])
    expect(await used()).toEqual({ north1: [0, 0], north2: [0, 0], south1: [3, 3] })
    expect(await agency.drift()).toBe(0)
  })

  it('goes to the wished user, and to a paused location too', async () => {
    await agency.setStatus('south1', 'paused')
    await agency.submit({ contact: 'c1' })
    expect((await give('c1', 'move', { locationId: 'south1', userId: 'uma' })).body).toMatchObject({
      ...{ outcome: 'assigned', locationId: 'south1', userId: 'uma' },
    })
  })

  it('to an inactive location is refused, and the lead stays where it is', async () => {
    await agency.setStatus('south1', 'inactive')
    await agency.submit({ contact: 'c1' })
    expect(await give('c1', 'move', { locationId: 'south1' })).toMatchObject({
      status: 409,
      body: { code: 'CONFLICT' },
    })
    expect(await agency.latest('c1')).toMatchObject({ attempt: 1, locationId: 'north1' })
  })

  it('to a location whose only user is away, where leads need one, does not take the lead from who has it', async () => {
    await agency.publish({ ...rules, locationSettings: [{ locationId: 'south1', userRequired: true }] })
    await agency.pool.query(`UPDATE hexroute.users SET status = 'inactive'`)
    await agency.setStatus('south1', 'active')
    await agency.submit({ contact: 'c1' })
    const answer = await give('c1', 'move', { locationId: 'south1' })
    await agency.pool.query(`UPDATE hexroute.users SET status = 'active'`)
    await agency.setStatus('south1', 'active')
    await agency.publish(rules)
    expect(answer).toMatchObject({ status: 409 })
    expect(await agency.latest('c1')).toMatchObject({ attempt: 1, locationId: 'north1' })
    expect(await used()).toMatchObject({ north1: [1, 1], south1: [0, 0] })
  })

  it('of a rejected, held or HQ lead gives it an owner', async () => {
    await agency.submit({ contact: 'c1' })
    await give('c1', 'return', { reason: 'spam' })
    expect((await give('c1', 'move', { locationId: 'north2' })).body).toMatchObject({ outcome: 'assigned', attempt: 3 })
    expect(await used()).toEqual({ north1: [0, 0], north2: [1, 1], south1: [0, 0] })
  })
})
