import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import Type from 'typebox'
import { Connection } from '../contracts/delivery-request.ts'
import { askDelivery } from './ask-delivery.ts'
import { mustReachAll, tenantFor, tenantOf } from './authorise.ts'
import { cookieOf, setCookie } from './connect-cookie.ts'
import { finishConnect } from './finish-connect.ts'
import { problems } from './problems.ts'
import { ADMIN, READERS, tenant } from './route-schemas.ts'
import { consentUrl } from './steps/consent-url.ts'
import type { AuditLog } from './stores/audit-log.ts'
import { type ConnectStates, connectStateLifeS } from './stores/connect-states.ts'
import type { AskDelivery } from './stores/delivery-link.ts'
import type { OrganisationStore } from './stores/organisation-store.ts'

export type GhlApp = {
  /** Null: this directory was given no app, so nobody can connect by it. */
  clientId: string | null
  /** GHL's page of consent. */
  oauthUrl: string
  /** Where people's browsers reach this directory; without a slash at the end. */
  publicUrl: string
}

export type ConnectDeps = {
  askDelivery: AskDelivery
  states: ConnectStates
  app: GhlApp
  organisation: Pick<OrganisationStore, 'onlyTenant'>
  auditLog: AuditLog
}

const tags = ['connection']
const OfTenant = Type.Object({ tenant })
const Begin = Type.Object(
  {
    /** The agency that is to be connected again; without it the key's own, and for the operator any, also a new one. */
    tenant,
  },
  { additionalProperties: false },
)
const Callback = Type.Object({
  code: Type.Optional(Type.String({ maxLength: 2_000 })),
  state: Type.Optional(Type.String({ maxLength: 200 })),
  error: Type.Optional(Type.String({ maxLength: 200 })),
})

/** Connects agencies to GHL by its page of consent. */
export const connectRoute: FastifyPluginAsyncTypebox<ConnectDeps> = async (route, deps) => {
  const { app, states, organisation } = deps
  // Nothing of GHL's names in it: the marketplace takes no redirect URL with them.
  const redirectUri = `${app.publicUrl}/v1/oauth/callback`

  route.post(
    '/v1/ghl/connect',
    {
      config: { ...ADMIN, audit: 'ghl.connect' },
      schema: {
        tags,
        summary: "The address of GHL's page of consent, to send this browser to",
        description: 'Good once, for 15 minutes, in the browser that asked: it is held by a cookie.',
        body: Begin,
        response: { 200: Type.Object({ url: Type.String() }) },
      },
    },
    async (request, reply) => {
      const named = request.body.tenant ?? tenantOf(request)
      if (named !== null) mustReachAll(request, named)
      if (app.clientId === null)
        throw new problems.conflict('GHL_CLIENT_ID is not set: give the directory the app first.')
      const { origin } = request.headers
      if (origin !== undefined && origin !== new URL(app.publicUrl).origin)
        throw new problems.conflict(
          `Open this page at ${app.publicUrl}/connect: GoHighLevel sends the browser back there.`,
        )
      const state = await states.begin({ tenant: named, keyId: request.access!.keyId })
      request.audited = { subject: named ?? '', detail: {} }
      reply.header('set-cookie', setCookie(state, connectStateLifeS, app.publicUrl.startsWith('https:')))
      return { url: consentUrl({ oauthUrl: app.oauthUrl, clientId: app.clientId, redirectUri, state }) }
    },
  )
  route.get(
    '/v1/oauth/callback',
    { schema: { tags, summary: 'Where GHL sends the browser back to', querystring: Callback, security: [] } },
    async (request, reply) => {
      const result = await finishConnect({ ...deps, redirectUri }, request.query, cookieOf(request.headers.cookie))
      const secure = app.publicUrl.startsWith('https:')
      return reply.header('set-cookie', setCookie('', 0, secure)).redirect(`/connect?result=${result}`, 303)
    },
  )
  route.get(
    '/v1/ghl/connection',
    {
      config: READERS,
      schema: { tags, summary: 'Is the agency connected', querystring: OfTenant, response: { 200: Connection } },
    },
    async (request) => {
      const of = await tenantFor(request, request.query.tenant, organisation.onlyTenant)
      return (await askDelivery(deps.askDelivery, { kind: 'connection', tenant: of }, 'connection')).connection
    },
  )
  route.post(
    '/v1/ghl/disconnect',
    {
      config: { ...ADMIN, audit: 'ghl.disconnect' },
      schema: {
        tags,
        summary: 'Forget the tokens of the agency; leads wait until it is connected again',
        body: OfTenant,
        response: { 200: Connection },
      },
    },
    async (request) => {
      const of = await tenantFor(request, request.body.tenant, organisation.onlyTenant)
      mustReachAll(request, of)
      request.audited = { subject: of, detail: {} }
      return (await askDelivery(deps.askDelivery, { kind: 'disconnect', tenant: of }, 'connection')).connection
    },
  )
}
