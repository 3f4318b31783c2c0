import cors from '@fastify/cors'
import swagger from '@fastify/swagger'
import Fastify from 'fastify'
import { uuidv7 } from 'uuidv7'
import { opsRoutes } from '../kernel/ops-routes.ts'
import type { ApiDeps, App } from './api.ts'
import { badgeRoute } from './badge-route.ts'
import { capacityRoute } from './capacity-route.ts'
import { conversionRoute } from './conversion-route.ts'
import { embedRoute } from './embed-route.ts'
import { funnelRoute } from './funnel-route.ts'
import { heatmapRoute } from './heatmap-route.ts'
import { liveRoute } from './live-route.ts'
import { pagesRoute } from './pages-route.ts'
import { Refusal, sendProblem } from './problems.ts'
import { speedToLeadRoute } from './speed-to-lead-route.ts'
import { sqlRoute } from './sql-route.ts'
import { unaccountedRoute } from './unaccounted-route.ts'

/** The read-only API, the widget's script and the demo page, as a plugin over its dependencies. */
export async function buildApp(deps: ApiDeps): Promise<App> {
  const app: App = Fastify({
    logger: false,
    requestIdHeader: false,
    genReqId: () => uuidv7(),
    // Live connections never end by themselves.
    forceCloseConnections: true,
  })
  answerFaults(app, deps)
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id)
    done()
  })
  opsRoutes(app, deps.metrics, deps.checks)
  await app.register(swagger, {
    openapi: {
      info: { title: 'hexroute analytics', version: '1' },
      components: { securitySchemes: { key: { type: 'http', scheme: 'bearer' } } },
      security: [{ key: [] }],
    },
  })
  // A widget stands on any site and sends no cookie: every origin may read, with its own key.
  await app.register(cors, { origin: '*', methods: ['GET'], exposedHeaders: ['etag', 'x-request-id'], maxAge: 86_400 })
  app.register(async (scope) => {
    conversionRoute(scope, deps)
    speedToLeadRoute(scope, deps)
    funnelRoute(scope, deps)
    capacityRoute(scope, deps)
    heatmapRoute(scope, deps)
    liveRoute(scope, deps)
    unaccountedRoute(scope, deps)
    sqlRoute(scope, deps)
    embedRoute(scope)
    badgeRoute(scope, deps)
    pagesRoute(scope, new URL('../dashboards/', import.meta.url))
    scope.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger())
  })
  app.addHook('preClose', () => deps.live.close())
  return app
}

function answerFaults(app: App, { log }: ApiDeps): void {
  app.setNotFoundHandler((_request, reply) => sendProblem(reply, 'NOT_FOUND'))
  app.setErrorHandler((error: Error & { statusCode?: number }, request, reply) => {
    if (error instanceof Refusal) return sendProblem(reply, error.code, error.detail)
    const { statusCode = 500 } = error
    if (statusCode < 500) return sendProblem(reply, 'BAD_REQUEST', error.message.slice(0, 200))
    log.error({ requestId: request.id, error: error.message }, 'request failed')
    return sendProblem(reply, 'UNAVAILABLE')
  })
}
