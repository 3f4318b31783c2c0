import type { ServerResponse } from 'node:http'
import type { ApiDeps, App } from './api.ts'
import { authorise, scopeOf } from './authorise.ts'
import { TopicQuery } from './conversion-route.ts'
import { parseCursor } from './live/cursor.ts'
import { Refusal } from './problems.ts'
import { windowMs } from './steps/window.ts'

const HEARTBEAT_EVERY_MS = 15_000
/** A reader this far behind is gone or hopeless; it may come again with its last id. */
const BEHIND_BYTES_MAX = 256 * 1024

/** `GET /v1/live`: the conversion when it changes and every decision, as server-sent events. */
export function liveRoute(app: App, deps: ApiDeps): void {
  const clients = deps.metrics.gauge('live_clients', 'open /v1/live connections')
  const dropped = deps.metrics.counter('live_dropped_total', 'listeners that were cut off because they did not read')
  app.get('/v1/live', { schema: { querystring: TopicQuery } }, async (request, reply) => {
    const { window, by, tenant, token } = request.query
    const credentials = { authorization: request.headers.authorization, token }
    const scope = scopeOf(await authorise(deps.keys, credentials), tenant)
    if (windowMs(window) === null) throw new Refusal('BAD_REQUEST', 'window: at most 400d')
    if (deps.live.count() >= deps.liveClientsMax) throw new Refusal('TOO_MANY_LISTENERS')
    reply.hijack()
    const { raw } = reply
    raw.writeHead(200, {
      ...(reply.getHeaders() as Record<string, string>),
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    })
    const lastId = request.headers['last-event-id']
    const cursor = parseCursor(typeof lastId === 'string' ? lastId : undefined)
    const send = (text: string): void => {
      if (raw.destroyed) return
      raw.write(text)
      if (raw.writableLength <= BEHIND_BYTES_MAX) return
      dropped.inc()
      raw.destroy()
    }
    send('retry: 2000\n\n')
    const leave = deps.live.listen({ scope, window, by }, cursor, send)
    clients.inc()
    const heartbeat = setInterval(() => {
      send(': alive\n\n')
      void endWhenRevoked(deps, credentials, raw)
    }, HEARTBEAT_EVERY_MS)
    raw.once('close', () => {
      clearInterval(heartbeat)
      leave()
      clients.dec()
    })
  })
}

/** A store that is away is no revocation. */
async function endWhenRevoked(
  { keys }: ApiDeps,
  credentials: Parameters<typeof authorise>[1],
  raw: ServerResponse,
): Promise<void> {
  await authorise(keys, credentials).catch((error: unknown) => {
    if (error instanceof Refusal) raw.end()
  })
}
