import type { FastifyRequest } from 'fastify'
import Type, { type Static } from 'typebox'
import { Conversion } from '../contracts/conversion.ts'
import { iso } from '../kernel/clock.ts'
import type { ApiDeps, App } from './api.ts'
import { authorise, scopeOf } from './authorise.ts'
import { FiguresQuery, pageOf, readFigures } from './figures-query.ts'
import { type By, withRate } from './steps/to-conversion.ts'
import { readConversion } from './stores/conversion.ts'
import { taggedAnswer } from './tagged-answer.ts'
import { windowOf } from './window-query.ts'

const Query = Type.Interface([FiguresQuery], {
  definition: Type.Enum(['cohort', 'activity'], {
    default: 'cohort',
    description: 'cohort: won now among the leads created in the window; activity: won in the window, whenever created',
  }),
})

/** `GET /v1/conversion`: won leads per row of a dimension, by cohort or by activity. */
export function conversionRoute(app: App, deps: ApiDeps): void {
  const schema = { querystring: Query, response: { 200: Conversion, 304: Type.Null() } }
  app.get('/v1/conversion', { schema }, async (request, reply) => {
    const { rows, ...conversion } = await conversionOf(deps, request, request.query)
    return taggedAnswer(request, reply, { ...conversion, ...pageOf(rows, request.query) })
  })
}

async function conversionOf(deps: ApiDeps, request: FastifyRequest, query: Static<typeof Query>): Promise<Conversion> {
  const { window, by, definition, tenant, token } = query
  if (isPlace(by) && definition === 'cohort') {
    const access = await authorise(deps.keys, { authorization: request.headers.authorization, token })
    const scope = scopeOf(access, tenant)
    windowOf(window)
    return deps.shared(['conversion', scope, window, by], () => readConversion(deps, scope, window, by))
  }
  const { total, rows } = await readFigures(deps, request, query, definition === 'activity')
  const wonOf = (row: typeof total): number => (definition === 'activity' ? row.activityWon : row.routedWon)
  return {
    ...{ metric: 'conversion', definition, window, by, asOf: iso(deps.clock()) },
    total: withRate({ leads: total.routed, won: wonOf(total), rate: null }),
    rows: rows
      .map((row) => ({ row, leads: row.routed, won: wonOf(row) }))
      // Sources of which no lead went to a location say nothing of conversion.
      .filter(({ leads, won }) => isPlace(by) || leads > 0 || won > 0)
      .map(({ row: { id, name, regionId }, leads, won }) => withRate({ id, name, regionId, leads, won, rate: null })),
  }
}

const isPlace = (by: string): by is By => by === 'location' || by === 'region'
