import { expect, test } from 'vitest'
import type { Opportunity } from '../record/state.ts'
import { searchOpportunities } from './opportunity-search.ts'

const base = { locationId: 'a', pipelineStageId: 's', name: 'Job', monetaryValue: 0, updatedAt: '', played: [] }
const all = Array.from({ length: 25 }, (_, index): Opportunity => {
  const createdAt = new Date(Date.UTC(2026, 0, 1 + Math.floor(index / 5), 12)).toISOString()
  const [pipelineId, status] = [index % 2 ? 'p1' : 'p2', index % 3 ? 'open' : 'won'] as const
  return {
    ...base,
    id: `o${10 + index}`,
    contactId: `c${index}`,
    pipelineId,
    status,
    createdAt,
    lastStatusChangeAt: '',
  }
})
const ids = (found: { page: Opportunity[] }) => found.page.map(({ id }) => id)

test('pages by mark show each once, also where many were made in one instant', () => {
  const seen: string[] = []
  let mark: { startAfter?: string; startAfterId?: string } = {}
  for (let pages = 0; pages < 4; pages += 1) {
    const found = searchOpportunities(all, { location_id: 'a', limit: '7', order: 'added_asc', ...mark })
    seen.push(...ids(found))
    const { startAfter, startAfterId } = found.meta
    if (startAfter === undefined) break
    mark = { startAfter: String(startAfter), startAfterId: startAfterId! }
  }
  expect(seen).toEqual(all.map(({ id }) => id))
})

test('filters by pipeline, status, contact and the days of creation, both ends included', () => {
  const found = (query: object) => ids(searchOpportunities(all, { location_id: 'a', limit: '100', ...query })).length
  expect(found({ pipeline_id: 'p1' })).toBe(12)
  expect(found({ status: 'won' })).toBe(9)
  expect(found({ status: 'all' })).toBe(25)
  expect(found({ contact_id: 'c3' })).toBe(1)
  expect(found({ date: '01-02-2026', endDate: '01-03-2026' })).toBe(10)
})
