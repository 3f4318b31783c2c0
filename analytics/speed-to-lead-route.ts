import Type from 'typebox'
import { SpeedToLead } from '../contracts/figures.ts'
import { iso } from '../kernel/clock.ts'
import type { ApiDeps, App } from './api.ts'
import { FiguresQuery, pageOf, readFigures } from './figures-query.ts'
import type { LeadFigures } from './stores/lead-figures.ts'
import { taggedAnswer } from './tagged-answer.ts'

const Query = Type.Interface([FiguresQuery], {
  clock: Type.Enum(['wall', 'business'], {
    default: 'wall',
    description: 'business: only the open hours of the location count',
  }),
})

/** `GET /v1/speed-to-lead`: seconds from a lead's creation to the first contact by a person of its location. */
export function speedToLeadRoute(app: App, deps: ApiDeps): void {
  const schema = { querystring: Query, response: { 200: SpeedToLead, 304: Type.Null() } }
  app.get('/v1/speed-to-lead', { schema }, async (request, reply) => {
    const { window, by, clock } = request.query
    const { total, rows } = await readFigures(deps, request, request.query)
    const named = rows
      .map(({ id, name, regionId, ...row }) => ({ id, name, regionId, ...speedOf(row, clock) }))
      // Places all of them; what only leads without a location have in common says nothing of speed.
      .filter(({ regionId, leads }) => regionId !== null || leads > 0)
    return taggedAnswer(request, reply, {
      ...{ metric: 'speed-to-lead' as const, definition: clock, window, by, asOf: iso(deps.clock()) },
      total: speedOf(total, clock),
      ...pageOf(named, request.query),
    })
  })
}

function speedOf(row: Omit<LeadFigures, 'id'>, clock: 'wall' | 'business') {
  const [p50S, p90S, soon] =
    clock === 'wall' ? [row.wallP50, row.wallP90, row.wallSoon] : [row.businessP50, row.businessP90, row.businessSoon]
  return { leads: row.routed, contacted: row.met, p50S, p90S, under5m: row.routed === 0 ? null : soon / row.routed }
}
