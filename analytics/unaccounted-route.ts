import type { FastifyRequest } from 'fastify'
import Type from 'typebox'
import { iso } from '../kernel/clock.ts'
import type { ApiDeps, App } from './api.ts'
import { authorise, scopeOf } from './authorise.ts'
import { Refusal } from './problems.ts'
import { gapKey } from './steps/find-gaps.ts'
import { pageAfter } from './steps/page.ts'
import { isWhole } from './steps/scope.ts'
import { Compared, Gap, UnaccountedHour } from './steps/unaccounted.ts'
import { readCompared } from './stores/compared.ts'
import { readGaps, readUnaccounted } from './stores/unaccounted.ts'
import { taggedAnswer } from './tagged-answer.ts'

const HOUR_MS = 3_600_000

const Query = Type.Object({
  hours: Type.Integer({ minimum: 1, maximum: 168, default: 24, description: 'how many hours back' }),
  tenant: Type.Optional(Type.String({ maxLength: 64, description: 'for keys that may see several agencies' })),
})
const GapsQuery = Type.Interface([Query], {
  limit: Type.Integer({ minimum: 1, maximum: 1_000, default: 100 }),
  cursor: Type.Optional(Type.String({ maxLength: 400, description: '`nextCursor` of the page before' })),
})
const Answer = Type.Object({ asOf: Type.String(), hours: Type.Array(UnaccountedHour), compared: Compared })
const Gaps = Type.Object({
  asOf: Type.String(),
  items: Type.Array(Gap),
  nextCursor: Type.Union([Type.String(), Type.Null()]),
})

/**
 * `GET /v1/unaccounted`: no lead is lost, as figures, and those that are, by name; all of these page by page below
 * `/gaps`. For keys that see a whole tenant: a lost lead has no location.
 */
export function unaccountedRoute(app: App, deps: ApiDeps): void {
  const tenantOf = async (request: FastifyRequest, asked: string | undefined): Promise<string | null> => {
    const access = await authorise(deps.keys, { authorization: request.headers.authorization, token: undefined })
    const scope = scopeOf(access, asked)
    if (access.role === 'widget' || !isWhole(scope)) throw new Refusal('FORBIDDEN')
    return scope.tenant
  }
  const sinceMs = (hours: number): number => Math.floor(deps.clock() / HOUR_MS) * HOUR_MS - (hours - 1) * HOUR_MS

  const schema = { querystring: Query, response: { 200: Answer, 304: Type.Null() } }
  app.get('/v1/unaccounted', { schema }, async (request, reply) => {
    const tenant = await tenantOf(request, request.query.tenant)
    const [{ hours }, compared] = await Promise.all([
      readUnaccounted(deps, tenant, sinceMs(request.query.hours)),
      readCompared(deps.postgres, tenant),
    ])
    return taggedAnswer(request, reply, { asOf: iso(deps.clock()), hours, compared })
  })

  const gapsSchema = { querystring: GapsQuery, response: { 200: Gaps, 304: Type.Null() } }
  app.get('/v1/unaccounted/gaps', { schema: gapsSchema }, async (request, reply) => {
    const { hours, tenant: asked, limit, cursor } = request.query
    const { gaps } = await readGaps(deps, await tenantOf(request, asked), sinceMs(hours))
    const page = pageAfter(gaps, gapKey, cursor, limit)
    if (!page) throw new Refusal('BAD_REQUEST', 'cursor: take it from nextCursor of the page before')
    return taggedAnswer(request, reply, { asOf: iso(deps.clock()), ...page })
  })
}
