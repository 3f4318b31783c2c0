import { expect, test } from 'vitest'
import { atMinute, nowMs, pretendReconcile } from '../../test/support/reconcile-deps.ts'
import type { FoundContact, Opportunity } from '../ghl/steps/ghl-bodies.ts'
import { compareOpportunities } from './compare-opportunities.ts'
import type { WatchedLead } from './steps/status-news.ts'

const opportunity = (n: number, fields: Partial<Opportunity> = {}): Opportunity => ({
  ...{ id: `o${n}`, contactId: `c${n}`, pipelineId: 'p', status: 'won', lastStatusChangeAt: atMinute(-30) },
  ...fields,
})
const lead = (n: number, fields: Partial<WatchedLead> = {}): WatchedLead => ({
  ...{ leadId: `l${n}`, contactId: `c${n}`, opportunityId: `o${n}`, status: 'open', statusAt: null },
  ...{ deliveredAt: atMinute(-600), ...fields },
})
const contact = (n: number) => ({ id: `c${n}`, locationId: 'denver', dateAdded: atMinute(-600) }) as FoundContact
const mark = { locationId: 'denver', subject: 'opportunities', seenUntilMs: nowMs - 3_600_000 } as const

test('statuses that never came go in; what is known, just happening, or of no lead of ours does not', async () => {
  const opportunities = [
    opportunity(1),
    opportunity(2, { status: 'open' }),
    opportunity(3, { lastStatusChangeAt: atMinute(-1) }),
    opportunity(4),
  ]
  const watched = [lead(1), lead(2), lead(3)]
  const { deps, posted, marked } = pretendReconcile(
    { contacts: [], opportunities, hidden: [] },
    { contacts: new Set(), watched },
  )
  expect(await compareOpportunities(deps, 'T', mark)).toEqual({ seen: 4, takenIn: 1, missing: 0, fault: null })
  expect(posted).toMatchObject([
    { type: 'OpportunityStatusUpdate', locationId: 'denver', id: 'o1', contactId: 'c1', status: 'won' },
  ])
  expect(posted[0]!.timestamp).toBe(atMinute(-30))
  expect(marked).toEqual([nowMs - 120_000])
})

test('what the search does not show is asked for; a contact that GHL denies is counted, a deleted opportunity is not', async () => {
  const watched = [lead(1), lead(2), lead(3), lead(4, { opportunityId: null })]
  const ghl = { contacts: [contact(2), contact(4)], opportunities: [], hidden: [opportunity(1)] }
  const { deps, posted } = pretendReconcile(ghl, { contacts: new Set(), watched })
  expect(await compareOpportunities(deps, 'T', mark)).toMatchObject({ takenIn: 1, missing: 1, fault: null })
  expect(posted.map(({ id }) => id)).toEqual(['o1'])
})

test('every page is read; a sub-account without leads of ours costs no call', async () => {
  const opportunities = Array.from({ length: 250 }, (_, n) => opportunity(n))
  const watched = [lead(249)]
  const many = pretendReconcile({ contacts: [], opportunities, hidden: [] }, { contacts: new Set(), watched })
  expect(await compareOpportunities(many.deps, 'T', mark)).toMatchObject({ seen: 250, takenIn: 1 })
  expect(many.calls).toHaveLength(3)
  const idle = pretendReconcile({ contacts: [], opportunities, hidden: [] }, { contacts: new Set(), watched: [] })
  expect(await compareOpportunities(idle.deps, 'T', mark)).toMatchObject({ seen: 0, fault: null })
  expect(idle.calls).toEqual([])
})

test('more than a run may ask for is said, and the mark stays', async () => {
  const watched = Array.from({ length: 201 }, (_, n) => lead(n))
  const contacts = watched.map((_, n) => contact(n))
  const { deps, marked } = pretendReconcile(
    { contacts, opportunities: [], hidden: [] },
    { contacts: new Set(), watched },
  )
  expect(await compareOpportunities(deps, 'T', mark)).toMatchObject({ missing: 0, fault: 'MORE_TO_COME' })
  expect(marked).toEqual([])
})
