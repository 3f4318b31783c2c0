import Type from 'typebox'
import { iso } from '../kernel/clock.ts'
import type { ApiDeps, App } from './api.ts'
import { authorise, scopeOf } from './authorise.ts'
import { Refusal } from './problems.ts'
import { mergeCells } from './steps/merge-cells.ts'
import { HeatmapFeature, toFeature } from './steps/to-geojson.ts'
import { readDemand } from './stores/demand.ts'
import { readPlaces } from './stores/places.ts'
import { taggedAnswer } from './tagged-answer.ts'
import { windowOf, windowQuery } from './window-query.ts'

const Query = Type.Object({
  window: windowQuery,
  tenant: Type.Optional(Type.String({ maxLength: 64, description: 'for keys that may see several agencies' })),
  resolution: Type.Integer({ minimum: 3, maximum: 7, default: 7, description: 'H3; the finest cells' }),
  leadsMin: Type.Integer({
    minimum: 5,
    maximum: 1_000,
    default: 5,
    description: 'a cell with fewer leads is merged into its parent, so that no person is found by his cell',
  }),
})
const Answer = Type.Object({
  type: Type.Literal('FeatureCollection'),
  window: Type.String(),
  asOf: Type.String(),
  withheld: Type.Integer({ description: 'leads that were too few even for a cell of resolution 3' }),
  features: Type.Array(HeatmapFeature),
})

/**
 * `GET /v1/heatmap`: where leads come from, and where none is served, as GeoJSON. A limited key sees the leads of its
 * locations, which are served. Not for public pages.
 */
export function heatmapRoute(app: App, deps: ApiDeps): void {
  const schema = { querystring: Query, response: { 200: Answer, 304: Type.Null() } }
  app.get('/v1/heatmap', { schema }, async (request, reply) => {
    const { window, tenant, resolution, leadsMin } = request.query
    const access = await authorise(deps.keys, { authorization: request.headers.authorization, token: undefined })
    if (access.role === 'widget') throw new Refusal('FORBIDDEN')
    const scope = scopeOf(access, tenant)
    const sinceMs = deps.clock() - windowOf(window)
    const demand = await deps.shared(['demand', scope, window], async () =>
      readDemand(deps.clickhouse, scope, await readPlaces(deps.postgres, scope), sinceMs),
    )
    const { cells, withheld } = mergeCells(demand, { resolution, leadsMin })
    reply.type('application/geo+json')
    return taggedAnswer(request, reply, {
      ...{ type: 'FeatureCollection' as const, window, asOf: iso(deps.clock()), withheld },
      features: cells.map(toFeature),
    })
  })
}
