import swagger from '@fastify/swagger'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import Fastify, { type FastifyInstance } from 'fastify'
import type { Logger } from '../kernel/logger.ts'
import type { Metrics } from '../kernel/metrics.ts'
import { type Check, opsRoutes } from '../kernel/ops-routes.ts'
import { audit } from './audit.ts'
import { authorise } from './authorise.ts'
import { connectRoute, type GhlApp } from './connect-route.ts'
import { deadLetterRedriveRoute } from './dead-letter-redrive-route.ts'
import { deadLetterRoute } from './dead-letter-route.ts'
import type { DeadLetters } from './dead-letters.ts'
import { deliverySettingsRoute } from './delivery-settings-route.ts'
import { type ErasureRouteDeps, erasureRoute } from './erasure-route.ts'
import type { Geography } from './geography/ask-worker.ts'
import { ghlTokenRoute } from './ghl-token-route.ts'
import { keyRoute } from './key-route.ts'
import { leadMoveRoute } from './lead-move-route.ts'
import { leadRoute } from './lead-route.ts'
import type { NoticeTargets } from './notice-channel-fault.ts'
import { noticeChannelRoute } from './notice-channel-route.ts'
import { openapiOptions } from './openapi.ts'
import { type OrganisationDeps, organisationRoute } from './organisation-route.ts'
import { pagesRoute } from './pages-route.ts'
import { previewRoute } from './preview-route.ts'
import { problemHandler } from './problem-handler.ts'
import { projectionRoute } from './projection-route.ts'
import type { PublishDeps } from './publish-ruleset.ts'
import { reconcileRoute } from './reconcile-route.ts'
import { rulesetCompareRoute } from './ruleset-compare-route.ts'
import { rulesetPublishRoute } from './ruleset-publish-route.ts'
import { rulesetRoute } from './ruleset-route.ts'
import type { AuditLog } from './stores/audit-log.ts'
import type { ChannelStore } from './stores/channel-store.ts'
import type { ConnectStores } from './stores/connect-stores.ts'
import type { AskDelivery } from './stores/delivery-link.ts'
import type { KeyStore } from './stores/key-store.ts'
import type { LeadReader } from './stores/lead-reader.ts'
import type { PublishedParts } from './stores/published-parts.ts'
import type { AskRouter } from './stores/router-link.ts'
import type { UserStore } from './stores/user-store.ts'
import { subAccountRoute } from './sub-account-route.ts'
import { userRoute } from './user-route.ts'

export type DirectoryDeps = OrganisationDeps &
  PublishDeps & {
    keys: KeyStore
    users: UserStore
    leads: LeadReader
    parts: PublishedParts
    ask: AskRouter
    askDelivery: AskDelivery
    connect: ConnectStores
    channels: ChannelStore
    noticeTargets: NoticeTargets
    deadLetters: DeadLetters
    erasure: ErasureRouteDeps['erasure']
    ghlApp: GhlApp
    geography: Geography
    auditLog: AuditLog
    metrics: Metrics
    checks: Record<string, Check>
    log: Logger
  }

/** The control API: who there is, what decides, who may look. */
export async function buildApp(deps: DirectoryDeps): Promise<FastifyInstance> {
  const app = Fastify({
    logger: false,
    genReqId: () => crypto.randomUUID(),
    // What is not in the schema is refused, not dropped; a null never becomes a 0.
    ajv: { customOptions: { removeAdditional: false, coerceTypes: false } },
  }).withTypeProvider<TypeBoxTypeProvider>()
  problemHandler(app, deps.log)
  await app.register(swagger, openapiOptions)
  authorise(app, deps.keys)
  audit(app, deps.auditLog)
  opsRoutes(app, deps.metrics, deps.checks)
  app.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger())
  const { onlyTenant } = deps.organisation
  await app.register(organisationRoute, deps)
  await app.register(userRoute, deps)
  await app.register(rulesetRoute, deps)
  await app.register(rulesetPublishRoute, { ...deps, onlyTenant })
  await app.register(rulesetCompareRoute, deps)
  await app.register(projectionRoute, { ...deps, onlyTenant })
  await app.register(keyRoute, deps)
  await app.register(leadRoute, deps)
  await app.register(leadMoveRoute, deps)
  await app.register(previewRoute, { ...deps, onlyTenant })
  const connect = { ...deps, ...deps.connect, app: deps.ghlApp }
  await app.register(connectRoute, connect)
  await app.register(subAccountRoute, connect)
  await app.register(ghlTokenRoute, connect)
  await app.register(deliverySettingsRoute, connect)
  await app.register(noticeChannelRoute, connect)
  await app.register(deadLetterRoute, deps)
  await app.register(deadLetterRedriveRoute, deps)
  await app.register(reconcileRoute, { ...deps, onlyTenant })
  await app.register(erasureRoute, { ...deps, onlyTenant })
  await app.register(pagesRoute, new URL('pages/', import.meta.url))
  return app
}
