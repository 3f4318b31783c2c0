import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import fastify, { type FastifyInstance, type FastifyPluginAsync } from 'fastify'
import { createAccess } from './api/access.ts'
import { ApiError, sendError } from './api/api-error.ts'
import { createCallCounts } from './api/call-counts.ts'
import { createCodes } from './api/codes.ts'
import { consentRoute } from './api/consent-route.ts'
import { contactExtrasRoute } from './api/contact-extras-route.ts'
import { type ContactsOptions, contactsRoute } from './api/contacts-route.ts'
import { conversationsRoute } from './api/conversations-route.ts'
import { addFaultHooks, type FaultHooksOptions } from './api/fault-hooks.ts'
import { locationSetUpRoute } from './api/location-set-up-route.ts'
import { locationsRoute } from './api/locations-route.ts'
import { type OauthOptions, oauthRoute } from './api/oauth-route.ts'
import { type OpportunitiesOptions, opportunitiesRoute } from './api/opportunities-route.ts'
import { createRateLimit } from './api/rate-limit.ts'
import { createTokens } from './api/tokens.ts'
import { controlRoute } from './control-route.ts'
import type { Env } from './env.ts'
import { noFaults } from './faults.ts'
import { createInstallations } from './installations.ts'
import { createCustomers } from './people/customers.ts'
import { createTraffic } from './people/traffic.ts'
import type { Journal } from './record/journal.ts'
import type { Sending } from './webhooks/bodies.ts'
import { createSender } from './webhooks/sender.ts'
import { createSigner } from './webhooks/signer.ts'

export type AppOptions = { env: Env; journal: Journal; privateKeyPem: string; now?: () => number }

/** The whole simulator behind one HTTP server; takes up at once what the journal left open. */
export async function buildApp({
  env,
  journal,
  privateKeyPem,
  now: ourNow = Date.now,
}: AppOptions): Promise<FastifyInstance> {
  const faults = noFaults()
  const now = () => ourNow() + faults.clockSkewMs
  const sending: Sending = { appId: env.GHL_APP_ID, seed: env.GHL_SIM_SEED, now }
  const sender = createSender({
    journal,
    url: env.WEBHOOK_URL,
    sign: createSigner(privateKeyPem),
    workflow: () => journal.state.workflow ?? undefined,
    dropShare: () => faults.dropWebhookShare,
    connections: env.GHL_SIM_SENDERS,
  })
  const customers = createCustomers(journal, sender, sending)
  const traffic = createTraffic(journal, sender, sending)
  const installations = createInstallations(journal, sender, sending)
  const codes = createCodes()
  const tokens = createTokens(env.GHL_CLIENT_SECRET, now, () => faults.tokenLifeS)
  const counts = createCallCounts(() => performance.now())
  const limit = createRateLimit(env.GHL_SIM_RATE_BURST, env.GHL_SIM_RATE_DAILY, now)
  const access = createAccess({ state: journal.state, tokens, limit, counts })

  const app = createServer()
  app.get('/healthz', async () => ({ status: 'ok' }))
  app.get('/readyz', async () => ({ status: 'ready' }))
  app.register(
    controlRoute({
      journal,
      sender,
      installations,
      customers,
      traffic,
      counts,
      tokens,
      setFaults: (set) => Object.assign(faults, set),
    }),
  )
  app.register(apiRoutes({ env, journal, sender, sending, customers, faults, tokens, counts, access, codes }))
  app.register(consentRoute({ state: journal.state, installations, clientId: env.GHL_CLIENT_ID, codes }))
  app.addHook('onClose', async () => {
    traffic.stop()
    customers.close()
    await sender.close()
    await journal.close()
  })
  await app.ready()
  sender.resume()
  customers.replan()
  return app
}

type ApiParts = Omit<ContactsOptions & FaultHooksOptions & OauthOptions & OpportunitiesOptions, keyof GhlApp> & {
  env: Env
}
type GhlApp = Pick<OauthOptions, 'clientId' | 'clientSecret' | 'appId' | 'seed' | 'firstRefreshToken' | 'tokenLifeS'>

/** What GHL answers, with its faults. */
function apiRoutes({ env, ...parts }: ApiParts): FastifyPluginAsync {
  const { journal, access, faults } = parts
  const seed = env.GHL_SIM_SEED
  const ghlApp: GhlApp = {
    seed,
    appId: env.GHL_APP_ID,
    clientId: env.GHL_CLIENT_ID,
    clientSecret: env.GHL_CLIENT_SECRET,
    firstRefreshToken: env.GHL_SIM_REFRESH_TOKEN,
    tokenLifeS: () => faults.tokenLifeS,
  }
  return async (api) => {
    addFaultHooks(api, parts)
    api.register(oauthRoute({ ...parts, ...ghlApp }))
    api.register(contactsRoute(parts))
    api.register(contactExtrasRoute(parts))
    api.register(conversationsRoute(parts))
    api.register(opportunitiesRoute(parts))
    api.register(locationsRoute({ state: journal.state, access }))
    api.register(locationSetUpRoute({ journal, access, seed }))
  }
}

function createServer() {
  const app = fastify({
    bodyLimit: 32 * 1024 * 1024,
    requestTimeout: 30_000,
    // A call that a fault leaves without an answer holds its connection.
    forceCloseConnections: true,
    routerOptions: { ignoreTrailingSlash: true },
    // Unknown properties must be seen to be refused, and a number in place of a text is a fault with GHL.
    ajv: { customOptions: { removeAdditional: false, coerceTypes: false, useDefaults: true, allErrors: true } },
  }).withTypeProvider<TypeBoxTypeProvider>()
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) => {
    done(null, Object.fromEntries(new URLSearchParams(body as string)))
  })
  app.setErrorHandler(sendError)
  app.setNotFoundHandler((request) => {
    throw new ApiError(404, `Cannot ${request.method} ${request.url}`, { error: 'Not Found' })
  })
  return app
}
