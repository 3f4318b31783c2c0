import Fastify, { type FastifyInstance } from 'fastify'
import type { Metrics } from '../kernel/metrics.ts'
import { type Check, opsRoutes } from '../kernel/ops-routes.ts'

/** The router answers only its operators. */
export function buildApp(metrics: Metrics, checks: Record<string, Check>): FastifyInstance {
  const app = Fastify({ logger: false })
  opsRoutes(app, metrics, checks)
  return app
}
