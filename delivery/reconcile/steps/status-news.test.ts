import { expect, test } from 'vitest'
import type { Opportunity } from '../../ghl/steps/ghl-bodies.ts'
import { statusNews, type WatchedLead } from './status-news.ts'

const at = (minute: number): string => new Date(Date.UTC(2026, 10, 22, 12, minute)).toISOString()
const lead = (fields: Partial<WatchedLead> = {}): WatchedLead => ({
  ...{ leadId: 'l', contactId: 'c', opportunityId: 'o', status: 'open', statusAt: null, deliveredAt: at(0) },
  ...fields,
})
const opportunity = (fields: Partial<Opportunity>): Opportunity => ({
  ...{ id: 'o', contactId: 'c', pipelineId: 'p', status: 'won', lastStatusChangeAt: at(10) },
  ...fields,
})
const news = (known: Partial<WatchedLead>, found: Partial<Opportunity>, untilMinute = 60) =>
  statusNews(lead(known), opportunity(found), Date.parse(at(untilMinute)))

test('a status that never came is news of when it changed', () => {
  expect(news({}, {})).toBe(at(10))
  expect(news({ statusAt: at(5) }, {})).toBe(at(10))
  expect(news({ status: 'won', statusAt: at(5) }, { status: 'open' })).toBe(at(10))
})

test('what we know already is no news, nor is what is older than that', () => {
  expect(news({ status: 'won', statusAt: at(11) }, {})).toBe(null)
  expect(news({ status: 'won', statusAt: at(30) }, { status: 'open' })).toBe(null)
})

test('a webhook sent a moment after the change does not hide it: the news counts after it', () => {
  const sentAt = new Date(Date.parse(at(10)) + 40).toISOString()
  expect(news({ statusAt: sentAt }, {})).toBe(new Date(Date.parse(sentAt) + 1).toISOString())
})

test('what changed just now waits for its webhook; a status without a time, or of no known kind, is left alone', () => {
  expect(news({}, {}, 9)).toBe(null)
  const { lastStatusChangeAt: _, ...timeless } = opportunity({})
  expect(statusNews(lead(), timeless, Date.parse(at(60)))).toBe(null)
  expect(news({}, { status: 'snoozed' })).toBe(null)
})
