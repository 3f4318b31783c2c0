import Type from 'typebox'
import { iso } from '../kernel/clock.ts'
import type { ApiDeps, App } from './api.ts'
import { authorise, scopeOf } from './authorise.ts'
import { Refusal } from './problems.ts'
import { isWhole } from './steps/scope.ts'
import { Compared, UnaccountedHour } from './steps/unaccounted.ts'
import { readCompared } from './stores/compared.ts'
import { readUnaccounted } from './stores/unaccounted.ts'

const HOUR_MS = 3_600_000

const Query = Type.Object({
  hours: Type.Integer({ minimum: 1, maximum: 168, default: 24, description: 'how many hours back' }),
  tenant: Type.Optional(Type.String({ maxLength: 64 })),
})
const Answer = Type.Object({ asOf: Type.String(), hours: Type.Array(UnaccountedHour), compared: Compared })

/** `GET /v1/unaccounted`: no lead is lost, as figures. For keys that see a whole tenant: a lost lead has no location. */
export function unaccountedRoute(app: App, deps: ApiDeps): void {
  const schema = { querystring: Query, response: { 200: Answer } }
  app.get('/v1/unaccounted', { schema }, async (request) => {
    const credentials = { authorization: request.headers.authorization, token: undefined }
    const access = await authorise(deps.keys, credentials)
    const scope = scopeOf(access, request.query.tenant)
    if (access.role === 'widget' || !isWhole(scope)) throw new Refusal('FORBIDDEN')
    const now = deps.clock()
    const firstHourMs = Math.floor(now / HOUR_MS) * HOUR_MS - (request.query.hours - 1) * HOUR_MS
    const [hours, compared] = await Promise.all([
      readUnaccounted(deps.clickhouse, scope, firstHourMs, now),
      readCompared(deps.postgres, scope),
    ])
    return { asOf: iso(now), hours, compared }
  })
}
