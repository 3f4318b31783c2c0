import Type from 'typebox'
import { Capacity } from '../contracts/figures.ts'
import { iso } from '../kernel/clock.ts'
import type { ApiDeps, App } from './api.ts'
import { authorise, scopeOf } from './authorise.ts'
import { FiguresQuery, pageOf } from './figures-query.ts'
import { Refusal } from './problems.ts'
import { nameRows } from './steps/name-rows.ts'
import { readCapacity } from './stores/capacity.ts'
import { readPlaces } from './stores/places.ts'
import { taggedAnswer } from './tagged-answer.ts'
import { windowOf } from './window-query.ts'

const Query = Type.Omit(FiguresQuery, ['by', 'zone', 'token'])

/** `GET /v1/capacity`: how full each location was in the hours of the window. Not for public pages. */
export function capacityRoute(app: App, deps: ApiDeps): void {
  const schema = { querystring: Query, response: { 200: Capacity, 304: Type.Null() } }
  app.get('/v1/capacity', { schema }, async (request, reply) => {
    const { window, tenant } = request.query
    const access = await authorise(deps.keys, { authorization: request.headers.authorization, token: undefined })
    if (access.role === 'widget') throw new Refusal('FORBIDDEN')
    const scope = scopeOf(access, tenant)
    const sinceMs = deps.clock() - windowOf(window)
    const rows = await deps.shared(['capacity', scope, window], async () => {
      const places = await readPlaces(deps.postgres, scope)
      const seen = await readCapacity(deps.clickhouse, scope.tenant, places, sinceMs)
      return nameRows(seen, places, 'location', { utilisation: 0, minutesSeen: 0, minutesFull: 0 })
    })
    const named = rows.map(({ minutesSeen, minutesFull, utilisation, ...subject }) => ({
      ...subject,
      utilisation: minutesSeen === 0 ? null : utilisation,
      minutesSeen,
      minutesFull,
      shareFull: minutesSeen === 0 ? null : minutesFull / minutesSeen,
    }))
    return taggedAnswer(request, reply, {
      ...{ metric: 'capacity' as const, window, by: 'location' as const, asOf: iso(deps.clock()) },
      ...pageOf(named, request.query),
    })
  })
}
