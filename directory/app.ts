import swagger from '@fastify/swagger'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import Fastify, { type FastifyInstance } from 'fastify'
import type { Logger } from '../kernel/logger.ts'
import type { Metrics } from '../kernel/metrics.ts'
import { type Check, opsRoutes } from '../kernel/ops-routes.ts'
import { authorise } from './authorise.ts'
import { keyRoute } from './key-route.ts'
import { type LeadDeps, leadRoute } from './lead-route.ts'
import { type OrganisationDeps, organisationRoute } from './organisation-route.ts'
import { problemHandler } from './problem-handler.ts'
import { type RulesetDeps, rulesetRoute } from './ruleset-route.ts'
import type { KeyStore } from './stores/key-store.ts'

export type DirectoryDeps = OrganisationDeps &
  RulesetDeps &
  LeadDeps & { keys: KeyStore; metrics: Metrics; checks: Record<string, Check>; log: Logger }

/** The control API: who there is, what decides, who may look. */
export async function buildApp(deps: DirectoryDeps): Promise<FastifyInstance> {
  const app = Fastify({
    logger: false,
    genReqId: () => crypto.randomUUID(),
    // What is not in the schema is refused, not dropped; a null never becomes a 0.
    ajv: { customOptions: { removeAdditional: false, coerceTypes: false } },
  }).withTypeProvider<TypeBoxTypeProvider>()
  problemHandler(app, deps.log)
  await app.register(swagger, { openapi: { info: { title: 'hexroute directory', version: '1' } } })
  authorise(app, deps.keys)
  opsRoutes(app, deps.metrics, deps.checks)
  app.get('/openapi.json', async () => app.swagger())
  await app.register(organisationRoute, deps)
  await app.register(rulesetRoute, deps)
  await app.register(keyRoute, deps)
  await app.register(leadRoute, deps)
  return app
}
