import Type from 'typebox'
import { Conversion } from '../contracts/conversion.ts'
import type { ApiDeps, App } from './api.ts'
import { authorise, scopeOf } from './authorise.ts'
import { readConversion } from './stores/conversion.ts'
import { taggedAnswer } from './tagged-answer.ts'
import { windowOf, windowQuery } from './window-query.ts'

export const TopicQuery = Type.Object({
  window: windowQuery,
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
    windowOf(window)
    const conversion = await readConversion(deps, scope, window, by)
    return taggedAnswer(request, reply, conversion)
  })
}
