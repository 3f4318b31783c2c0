import { createHash } from 'node:crypto'
import Type from 'typebox'
import { Conversion } from '../contracts/conversion.ts'
import type { ApiDeps, App } from './api.ts'
import { authorise, scopeOf } from './authorise.ts'
import { Refusal } from './problems.ts'
import { windowMs, windowPattern } from './steps/window.ts'
import { readConversion } from './stores/conversion.ts'

export const TopicQuery = Type.Object({
  window: Type.String({ pattern: windowPattern, default: '7d', description: 'leads created in the last …: 24h, 7d' }),
  by: Type.Enum(['location', 'region'], { default: 'location' }),
  tenant: Type.Optional(Type.String({ maxLength: 64, description: 'for keys that may see several agencies' })),
  token: Type.Optional(Type.String({ maxLength: 200, description: 'a widget key' })),
})

/** `GET /v1/conversion`: won among the leads created in the window, per location or region. */
export function conversionRoute(app: App, deps: ApiDeps): void {
  const schema = { querystring: TopicQuery, response: { 200: Conversion, 304: Type.Null() } }
  app.get('/v1/conversion', { schema }, async (request, reply) => {
    const { window, by, tenant, token } = request.query
    const access = await authorise(deps.keys, { authorization: request.headers.authorization, token })
    const scope = scopeOf(access, tenant)
    if (windowMs(window) === null) throw new Refusal('BAD_REQUEST', 'window: at most 400d')
    const conversion = await readConversion(deps, scope, window, by)
    const etag = etagOf(conversion)
    reply.header('etag', etag).header('cache-control', 'private, max-age=1').header('vary', 'Authorization')
    if (request.headers['if-none-match'] === etag) return reply.code(304).send(null)
    return conversion
  })
}

/** Over the figures only: an answer that differs in `asOf` alone is the same answer. */
function etagOf({ asOf: _asOf, ...figures }: Conversion): string {
  return `"${createHash('sha256').update(JSON.stringify(figures)).digest('base64url').slice(0, 22)}"`
}
