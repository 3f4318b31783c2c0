import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { streams, subjects } from '../../contracts/streams.ts'
import { MONDAY_NOON_MS, type RoutedAgency, startRoutedAgency } from '../support/routed-agency.ts'

const MINUTE_MS = 60_000

let agency: RoutedAgency

const claim = (leadId: string, locationId: string) => agency.call('POST', `/v1/leads/${leadId}/claim`, { locationId })
const inPond = async (contact: string) => {
  const [decision] = await agency.submit({ contact })
  expect(decision).toMatchObject({ outcome: 'pond', pondGroup: 0 })
  return decision!
}

beforeAll(async () => {
  agency = await startRoutedAgency()
  await agency.publish({
    territories: [{ id: 't', locationId: 'north1', exclusive: true, kind: 'zip', country: 'US', codes: ['30305'] }],
    caps: [
      { locationId: 'north1', metric: 'leads', window: 'day', limit: 0 },
      { locationId: 'north2', metric: 'leads', window: 'day', limit: 1 },
      { locationId: 'south1', metric: 'leads', window: 'day', limit: 1 },
    ],
    fallback: {
      pond: {
        groups: [
          { id: 'near', locationIds: ['north1', 'north2'], minutes: 30 },
          { id: 'far', locationIds: ['south1'], minutes: 60 },
        ],
      },
    },
  })
})
afterAll(() => agency?.stop())
beforeEach(async () => {
  agency.at(MONDAY_NOON_MS)
  await agency.reset()
})

describe('a lead in the pond', () => {
  it('two claims at the same instant: exactly one wins, and the loser hears who has it', async () => {
    for (let round = 0; round < 10; round += 1) {
      const { leadId } = await inPond(`c${round}`)
      const answers = await Promise.all([claim(leadId, 'north1'), claim(leadId, 'north2')])
      const [winner, loser] = answers.toSorted((a, b) => a.status - b.status)
      expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409])
      expect(winner!.body).toMatchObject({ outcome: 'assigned', tier: 'explicit', attempt: 2 })
      expect(loser!.body).toMatchObject({ code: 'TAKEN', takenBy: winner!.body.locationId })
      expect(await agency.decisions(`c${round}`)).toHaveLength(2)
      const { rows } = await agency.pool.query(
        'SELECT location_id, counter_keys FROM hexroute.reservations WHERE lead_id = $1',
        [leadId],
      )
      expect(rows).toHaveLength(1)
      expect(rows[0].counter_keys[0]).toContain(`:cap:${winner!.body.locationId}:`)
    }
    expect(await agency.drift()).toBe(0)
  })

  it('a claim counts at its location, also beyond the cap, and says so', async () => {
    const [first, second] = [await inPond('c1'), await inPond('c2')]
    expect((await claim(first.leadId, 'north2')).body.flags).toEqual([])
    expect((await claim(second.leadId, 'north2')).body.flags).toEqual(['cap-overridden'])
    expect(await agency.used('north2', 'leads:day')).toBe(2)
  })

  it('a claim from outside the group is refused, and one of an assigned lead hears who has it', async () => {
    const { leadId } = await inPond('c1')
    expect(await claim(leadId, 'south1')).toMatchObject({ status: 409, body: { code: 'NOT_CLAIMABLE' } })
    await claim(leadId, 'north2')
    expect(await claim(leadId, 'north1')).toMatchObject({ status: 409, body: { code: 'TAKEN', takenBy: 'north2' } })
  })

  it('time-out: the next group may claim and the first no more, then HQ', async () => {
    const { leadId } = await inPond('c1')
    agency.at(MONDAY_NOON_MS + 30 * MINUTE_MS - 1)
    await agency.chore('pond')
    expect(await agency.decisions('c1')).toHaveLength(1)
    agency.at(MONDAY_NOON_MS + 30 * MINUTE_MS)
    await agency.chore('pond')
    expect(await agency.latest('c1')).toMatchObject({ outcome: 'pond', pondGroup: 1, offeredTo: ['south1'] })
    expect((await claim(leadId, 'north2')).body.code).toBe('NOT_CLAIMABLE')
    agency.at(MONDAY_NOON_MS + 90 * MINUTE_MS)
    await agency.chore('pond')
    expect(await agency.latest('c1')).toMatchObject({ outcome: 'hq', fallback: 'UNCLAIMED' })
    expect((await claim(leadId, 'south1')).body.code).toBe('NOT_CLAIMABLE')
  })

  it('claim and time-out at the same instant leave one decision of the next attempt', async () => {
    for (let round = 0; round < 5; round += 1) {
      agency.at(MONDAY_NOON_MS)
      const { leadId } = await inPond(`c${round}`)
      agency.at(MONDAY_NOON_MS + 30 * MINUTE_MS)
      const [{ status }] = await Promise.all([claim(leadId, 'north2'), agency.chore('pond')])
      const decisions = await agency.decisions(`c${round}`)
      expect(decisions).toHaveLength(2)
      expect(decisions[1]!.outcome).toBe(status === 200 ? 'assigned' : 'pond')
    }
    expect(await agency.drift()).toBe(0)
  })

  it('what is claimed is published once', async () => {
    const { leadId } = await inPond('published')
    const { decisionId } = (await claim(leadId, 'north2')).body
    const stored = await agency.nats.manager.streams.getMessage(streams.decisions.name, {
      last_by_subj: subjects.decision('agencyA', 'north2', 'assigned'),
    })
    expect(stored?.json<{ decisionId: string }>().decisionId).toBe(decisionId)
    expect((await agency.pool.query('SELECT 1 FROM hexroute.decision_outbox')).rowCount).toBe(0)
  })
})
