import type { FastifyInstance } from 'fastify'
import type { Metrics } from './metrics.ts'

/** Resolves when the dependency answers, throws when it does not. */
export type Check = () => Promise<unknown>

const CHECK_TIMEOUT_MS = 2_000

/** `/healthz` (the process lives), `/readyz` (its dependencies answer), `/metrics` (Prometheus text). */
export function opsRoutes(app: FastifyInstance, metrics: Metrics, checks: Record<string, Check>): void {
  app.get('/healthz', { logLevel: 'silent' }, async () => ({ status: 'ok' }))
  app.get('/readyz', { logLevel: 'silent' }, async (_request, reply) => {
    const results = await Promise.all(
      Object.entries(checks).map(async ([name, check]) => [name, await answers(check)] as const),
    )
    const ready = results.every(([, ok]) => ok)
    return reply
      .code(ready ? 200 : 503)
      .send({ status: ready ? 'ready' : 'not ready', dependencies: Object.fromEntries(results) })
  })
  app.get('/metrics', { logLevel: 'silent' }, async (_request, reply) => {
    return reply.type(metrics.registry.contentType).send(await metrics.registry.metrics())
  })
}

async function answers(check: Check): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, CHECK_TIMEOUT_MS, false)
  })
  const answer = check().then(
    () => true,
    () => false,
  )
  return Promise.race([answer, late]).finally(() => clearTimeout(timer))
}
