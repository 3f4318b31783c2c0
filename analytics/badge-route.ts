import { createHash } from 'node:crypto'
import Type from 'typebox'
import type { ApiDeps, App } from './api.ts'
import { authorise, scopeOf } from './authorise.ts'
import { badgeSvg } from './steps/badge-svg.ts'
import { windowWords } from './steps/window.ts'
import { readConversion } from './stores/conversion.ts'
import { windowOf, windowQuery } from './window-query.ts'

const schema = {
  params: Type.Object({ token: Type.String({ maxLength: 200, description: 'a widget key' }) }),
  querystring: Type.Object({
    window: windowQuery,
    label: Type.String({ maxLength: 40, default: 'conversion', description: 'the text on the left' }),
  }),
  response: { 200: Type.String({ description: 'image/svg+xml' }), 304: Type.Null() },
}

/** `GET /badge/:token.svg`: the conversion of all that a widget key may see, as a small picture. */
export function badgeRoute(app: App, deps: ApiDeps): void {
  app.get('/badge/:token.svg', { schema }, async (request, reply) => {
    const { window, label } = request.query
    windowOf(window)
    const scope = scopeOf(
      await authorise(deps.keys, { authorization: undefined, token: request.params.token }),
      undefined,
    )
    const { total } = await deps.shared(['conversion', scope, window, 'location'], () =>
      readConversion(deps, scope, window, 'location'),
    )
    const value = total.rate === null ? 'no leads' : `${(100 * total.rate).toFixed(1)}%`
    const title = `${label}: ${value}, won among leads created in ${windowWords(window)}`
    const svg = badgeSvg({ label, value, title })
    const etag = `"${createHash('sha256').update(svg).digest('base64url').slice(0, 22)}"`
    // Pictures are fetched by proxies, over and over: a minute old is new enough.
    reply
      .header('etag', etag)
      .header('cache-control', 'public, max-age=60')
      .header('x-content-type-options', 'nosniff')
      .header('cross-origin-resource-policy', 'cross-origin')
      .header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'; sandbox")
    if (request.headers['if-none-match'] === etag) return reply.code(304).send(null)
    return reply.type('image/svg+xml; charset=utf-8').send(svg)
  })
}
