import Type from 'typebox'
import type { ApiDeps, App } from './api.ts'
import { authorise, scopeOf } from './authorise.ts'
import { parseCursor } from './live/cursor.ts'
import { createOpenStreams } from './live/open-streams.ts'
import { Refusal } from './problems.ts'
import { windowOf, windowQuery } from './window-query.ts'

const Query = Type.Object({
  window: windowQuery,
  by: Type.Enum(['location', 'region'], { default: 'location' }),
  tenant: Type.Optional(Type.String({ maxLength: 64, description: 'for keys that may see several agencies' })),
  token: Type.Optional(Type.String({ maxLength: 200, description: 'a widget key' })),
  decisions: Type.Boolean({ default: true, description: 'false: the figures alone, as the widget wants them' }),
})

/** `GET /v1/live`: the conversion when it changes and every decision, as server-sent events. */
export function liveRoute(app: App, deps: ApiDeps): void {
  const clients = deps.metrics.gauge('live_clients', 'open /v1/live connections')
  const dropped = deps.metrics.counter('live_dropped_total', 'listeners that were cut off because they did not read')
  const streams = createOpenStreams(() => dropped.inc())
  app.get('/v1/live', { schema: { querystring: Query } }, async (request, reply) => {
    const { window, by, tenant, token, decisions } = request.query
    const credentials = { authorization: request.headers.authorization, token }
    const scope = scopeOf(await authorise(deps.keys, credentials), tenant)
    windowOf(window)
    if (deps.live.count() >= deps.liveClientsMax) throw new Refusal('TOO_MANY_LISTENERS')
    reply.hijack()
    const { raw } = reply
    // Gone while its key was looked up: a closed connection does not say so twice.
    if (raw.destroyed) return
    raw.writeHead(200, {
      ...(reply.getHeaders() as Record<string, string>),
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    })
    const lastId = request.headers['last-event-id']
    const cursor = parseCursor(typeof lastId === 'string' ? lastId : undefined)
    streams.send(raw, hello)
    const leave = deps.live.listen({ scope, window, by, decisions }, cursor, (events) => streams.send(raw, events))
    clients.inc()
    // A store that is away is no revocation.
    const isAllowed = (): Promise<boolean> =>
      authorise(deps.keys, credentials).then(
        () => true,
        (error: unknown) => !(error instanceof Refusal),
      )
    streams.add(raw, isAllowed, () => {
      leave()
      clients.dec()
    })
  })
}

const hello = Buffer.from('retry: 2000\n\n')
