import Fastify, { type FastifyInstance } from 'fastify'
import type { Metrics } from '../kernel/metrics.ts'
import { type Check, opsRoutes } from '../kernel/ops-routes.ts'

/** Delivery serves only its operators: alive, ready, figures. */
export function buildApp(metrics: Metrics, checks: Record<string, Check>): FastifyInstance {
  const app = Fastify({ logger: false, requestTimeout: 10_000 })
  opsRoutes(app, metrics, checks)
  return app
}
