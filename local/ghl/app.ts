import { setTimeout as delay } from 'node:timers/promises'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import fastify, { type FastifyInstance } from 'fastify'
import { createAccess } from './api/access.ts'
import { ApiError, sendError } from './api/api-error.ts'
import { contactsRoute } from './api/contacts-route.ts'
import { locationsRoute } from './api/locations-route.ts'
import { oauthRoute } from './api/oauth-route.ts'
import { opportunitiesRoute } from './api/opportunities-route.ts'
import { createRateLimit } from './api/rate-limit.ts'
import { createTokens } from './api/tokens.ts'
import { controlRoute, type Faults } from './control-route.ts'
import type { Env } from './env.ts'
import { createCustomers } from './people/customers.ts'
import { createTraffic } from './people/traffic.ts'
import type { Journal } from './record/journal.ts'
import type { Sending } from './webhooks/bodies.ts'
import { createSender } from './webhooks/sender.ts'
import { createSigner } from './webhooks/signer.ts'

export type AppOptions = { env: Env; journal: Journal; privateKeyPem: string; now?: () => number }

/** The whole simulator behind one HTTP server; takes up at once what the journal left open. */
export async function buildApp({ env, journal, privateKeyPem, now = Date.now }: AppOptions): Promise<FastifyInstance> {
  const faults: Faults = { rate500: 0, latencyMs: 0, dropWebhookShare: 0 }
  const seed = env.GHL_SIM_SEED
  const sending: Sending = { appId: env.GHL_APP_ID, seed, now }
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
  const tokens = createTokens(env.GHL_CLIENT_SECRET, now)
  const access = createAccess(
    journal.state,
    tokens,
    createRateLimit(env.GHL_SIM_RATE_BURST, env.GHL_SIM_RATE_DAILY, now),
  )

  const app = createServer()
  app.get('/healthz', async () => ({ status: 'ok' }))
  app.get('/readyz', async () => ({ status: 'ready' }))
  app.register(
    controlRoute({ journal, sender, sending, customers, traffic, setFaults: (set) => Object.assign(faults, set) }),
  )
  app.register(async (api) => {
    api.addHook('onRequest', async () => {
      if (faults.latencyMs > 0) await delay(faults.latencyMs)
      if (Math.random() < faults.rate500) throw new ApiError(500, 'Internal server error')
    })
    api.register(
      oauthRoute({
        journal,
        access,
        tokens,
        seed,
        appId: env.GHL_APP_ID,
        clientId: env.GHL_CLIENT_ID,
        clientSecret: env.GHL_CLIENT_SECRET,
        firstRefreshToken: env.GHL_SIM_REFRESH_TOKEN,
      }),
    )
    api.register(contactsRoute({ journal, sender, sending, access }))
    api.register(opportunitiesRoute({ journal, sender, sending, access, customers }))
    api.register(locationsRoute({ state: journal.state, access }))
  })
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

function createServer() {
  const app = fastify({
    bodyLimit: 32 * 1024 * 1024,
    requestTimeout: 30_000,
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
