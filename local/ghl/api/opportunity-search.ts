import Type, { type Static } from 'typebox'
import type { Opportunity } from '../record/state.ts'
import { badRequest } from './api-error.ts'

const text = Type.Optional(Type.String())
const number = Type.Optional(Type.String({ pattern: '^\\d+$' }))

/** Everything in a query is text. */
export const SearchOpportunitiesQuery = Type.Object({
  location_id: Type.String({ minLength: 1 }),
  pipeline_id: text,
  pipeline_stage_id: text,
  contact_id: text,
  assigned_to: text,
  id: text,
  status: Type.Optional(Type.Enum(['open', 'won', 'lost', 'abandoned', 'all'])),
  /** Days of creation, mm-dd-yyyy, in UTC. */
  date: text,
  endDate: text,
  order: Type.Optional(Type.Enum(['added_asc', 'added_desc'])),
  startAfter: number,
  startAfterId: text,
  page: number,
  limit: number,
})
export type OpportunitiesQuery = Static<typeof SearchOpportunitiesQuery>

const LIMIT_MAX = 100
const DAY_MS = 86_400_000

/** One page of a sub-account's opportunities by their creation, newest first unless told otherwise. */
export function searchOpportunities(all: Opportunity[], query: OpportunitiesQuery) {
  const limit = Number(query.limit ?? 20)
  if (limit < 1 || limit > LIMIT_MAX) throw badRequest(`limit must not be greater than ${LIMIT_MAX}`)
  const sign = query.order === 'added_asc' ? 1 : -1
  const order = (a: Opportunity, at: number, id: string) =>
    sign * (addedMs(a) - at) || (a.id === id ? 0 : a.id < id ? -1 : 1)
  const found = all.filter((one) => matches(one, query)).sort((a, b) => order(a, addedMs(b), b.id))
  const { startAfter, startAfterId } = query
  const page = Number(query.page ?? 1)
  const later = startAfter
    ? found.findIndex((one) => order(one, Number(startAfter), startAfterId ?? '') > 0)
    : (page - 1) * limit
  const from = later < 0 ? found.length : later
  const shown = found.slice(from, from + limit)
  const last = shown.at(-1)
  const isLast = from + limit >= found.length
  return {
    page: shown,
    meta: {
      total: found.length,
      ...(last && !isLast ? { startAfter: addedMs(last), startAfterId: last.id, nextPage: page + 1 } : {}),
      currentPage: page,
    },
  }
}

function matches(one: Opportunity, query: OpportunitiesQuery): boolean {
  const wanted: [string | undefined, string | undefined][] = [
    [query.pipeline_id, one.pipelineId],
    [query.pipeline_stage_id, one.pipelineStageId],
    [query.contact_id, one.contactId],
    [query.assigned_to, one.assignedTo],
    [query.id, one.id],
    [query.status === 'all' ? undefined : query.status, one.status],
  ]
  if (wanted.some(([want, has]) => want !== undefined && want !== has)) return false
  const at = addedMs(one)
  if (query.date && at < dayMs(query.date)) return false
  return !query.endDate || at < dayMs(query.endDate) + DAY_MS
}

const addedMs = (one: Opportunity): number => Date.parse(one.createdAt)

function dayMs(day: string): number {
  const [, month, date, year] = /^(\d\d)-(\d\d)-(\d{4})$/.exec(day) ?? []
  if (!year) throw badRequest('date must be of the form mm-dd-yyyy')
  return Date.UTC(Number(year), Number(month) - 1, Number(date))
}
