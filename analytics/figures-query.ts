import type { FastifyRequest } from 'fastify'
import Type, { type Static } from 'typebox'
import { dimensions } from '../contracts/figures.ts'
import type { ApiDeps } from './api.ts'
import { authorise, scopeOf } from './authorise.ts'
import { Refusal } from './problems.ts'
import { nameRows, type Subject } from './steps/name-rows.ts'
import { pageAfter } from './steps/page.ts'
import { type LeadFigures, readLeadFigures } from './stores/lead-figures.ts'
import { readPlaces } from './stores/places.ts'
import { windowOf, windowQuery } from './window-query.ts'

/** What a place without leads has. */
const none: Omit<LeadFigures, 'id'> = {
  ...{ isTotal: 0, created: 0, routed: 0, delivered: 0, contacted: 0, appointment: 0, won: 0, met: 0 },
  ...{ wallP50: null, wallP90: null, wallSoon: 0, businessP50: null, businessP90: null, businessSoon: 0 },
  ...{ routedWon: 0, activityWon: 0 },
}

export const FiguresQuery = Type.Object({
  window: windowQuery,
  by: Type.Enum([...dimensions], { default: 'location', description: 'hour: of the day, 00 to 23, in `zone`' }),
  zone: Type.String({ maxLength: 64, default: 'UTC', description: 'IANA time zone of `by=hour`' }),
  tenant: Type.Optional(Type.String({ maxLength: 64, description: 'for keys that may see several agencies' })),
  token: Type.Optional(Type.String({ maxLength: 200, description: 'a widget key' })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000, description: 'rows of a page, by id; else all' })),
  cursor: Type.Optional(Type.String({ maxLength: 400, description: '`nextCursor` of the page before' })),
})
type FiguresQuery = Static<typeof FiguresQuery>

export type NamedFigures = LeadFigures & Subject

/** The leads of the window that the key may see: in all, and per row. */
export async function readFigures(
  deps: ApiDeps,
  request: FastifyRequest,
  { window, by, zone, tenant, token }: FiguresQuery,
  activity = false,
): Promise<{ total: LeadFigures; rows: NamedFigures[] }> {
  const access = await authorise(deps.keys, { authorization: request.headers.authorization, token })
  // Names of people are nothing for a public page.
  if (by === 'user' && access.role === 'widget') throw new Refusal('FORBIDDEN')
  if (!isZone(zone)) throw new Refusal('BAD_REQUEST', 'zone: an IANA name such as America/New_York')
  const scope = scopeOf(access, tenant)
  const sinceMs = deps.clock() - windowOf(window)
  return deps.shared(['leads', scope, window, by, zone, activity], async () => {
    const places = await readPlaces(deps.postgres, scope)
    const all = await readLeadFigures(deps.clickhouse, { scope, places, sinceMs, by, zone, activity })
    const total = all.find(({ isTotal }) => isTotal === 1) ?? { ...none, id: '' }
    const rows = all.filter(({ isTotal }) => isTotal === 0)
    return { total, rows: nameRows(rows, places, by, none) }
  })
}

/** All rows, or a page of them when a limit is asked for. @throws Refusal when the cursor is none of ours */
export function pageOf<T extends { id: string }>(
  rows: T[],
  { limit, cursor }: Pick<FiguresQuery, 'limit' | 'cursor'>,
): { rows: T[]; nextCursor?: string | null } {
  if (limit === undefined) return { rows }
  // The id of none is empty, and a key must not be.
  const keyOf = ({ id }: T): string => `=${id}`
  const page = pageAfter(
    rows.toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    keyOf,
    cursor,
    limit,
  )
  if (!page) throw new Refusal('BAD_REQUEST', 'cursor: take it from nextCursor of the page before')
  return { rows: page.items, nextCursor: page.nextCursor }
}

function isZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}
