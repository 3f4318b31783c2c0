import { createHash } from 'node:crypto'
import Type from 'typebox'
import type { App } from './api.ts'
import { embedPage } from './steps/embed-page.ts'
import { windowQuery } from './window-query.ts'

const schema = {
  params: Type.Object({
    // Any other text is no key; it would only stand on the page.
    token: Type.String({ pattern: '^[\\w.~-]{1,200}$', description: 'a widget key' }),
  }),
  querystring: Type.Object({
    metric: Type.Enum(['conversion', 'speed-to-lead', 'funnel'], { default: 'conversion' }),
    window: windowQuery,
    by: Type.Enum(['location', 'region'], { default: 'location' }),
    theme: Type.Enum(['auto', 'light', 'dark'], { default: 'auto' }),
  }),
  response: { 200: Type.String({ description: 'text/html' }), 304: Type.Null() },
}

/** As strict as a page's policy can be; every site may frame it, since it shows what its key says and takes no input. */
const policy = [
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'",
  "base-uri 'none'; form-action 'none'; frame-ancestors *",
].join('; ')

/** `GET /embed/:token`: a page with the widget alone, for an iframe. It holds no figures: the widget asks with the key. */
export function embedRoute(app: App): void {
  app.get('/embed/:token', { schema }, async (request, reply) => {
    const { metric, window, by, theme } = request.query
    const page = embedPage({ token: request.params.token, metric, window, by, theme })
    const etag = `"${createHash('sha256').update(page).digest('base64url').slice(0, 22)}"`
    reply
      .header('etag', etag)
      .header('cache-control', 'public, max-age=300, must-revalidate')
      .header('content-security-policy', policy)
      // The key stands in the address.
      .header('referrer-policy', 'no-referrer')
      .header('x-robots-tag', 'noindex')
      .header('x-content-type-options', 'nosniff')
    if (request.headers['if-none-match'] === etag) return reply.code(304).send(null)
    return reply.type('text/html; charset=utf-8').send(page)
  })
}
