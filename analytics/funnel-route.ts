import Type from 'typebox'
import { Funnel } from '../contracts/figures.ts'
import { iso } from '../kernel/clock.ts'
import type { ApiDeps, App } from './api.ts'
import { FiguresQuery, pageOf, readFigures } from './figures-query.ts'
import type { LeadFigures } from './stores/lead-figures.ts'
import { taggedAnswer } from './tagged-answer.ts'

/** `GET /v1/funnel`: how far the leads created in the window have come. A limited key sees those of its locations only. */
export function funnelRoute(app: App, deps: ApiDeps): void {
  const schema = { querystring: FiguresQuery, response: { 200: Funnel, 304: Type.Null() } }
  app.get('/v1/funnel', { schema }, async (request, reply) => {
    const { window, by } = request.query
    const { total, rows } = await readFigures(deps, request, request.query)
    const named = rows.map(({ id, name, regionId, ...row }) => ({ id, name, regionId, ...stagesOf(row) }))
    return taggedAnswer(request, reply, {
      ...{ metric: 'funnel' as const, definition: 'cohort' as const, window, by, asOf: iso(deps.clock()) },
      total: stagesOf(total),
      ...pageOf(named, request.query),
    })
  })
}

const stagesOf = ({ created, routed, delivered, contacted, appointment, won }: Omit<LeadFigures, 'id'>) => ({
  ...{ created, routed, delivered, contacted, appointment, won },
})
