import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import Type from 'typebox'
import { seal } from '../kernel/sealed.ts'
import { mustReach } from './authorise.ts'
import { problems } from './problems.ts'
import { ADMIN, IdParams } from './route-schemas.ts'
import type { OrganisationStore } from './stores/organisation-store.ts'
import type { PrivateTokens } from './stores/private-tokens.ts'

export type GhlTokenDeps = {
  privateTokens: PrivateTokens
  organisation: Pick<OrganisationStore, 'location'>
  secretKey: string
}

const tags = ['connection']
const description = `A private integration token of the sub-account, for a pilot without the marketplace app. It is stored sealed, used
before any token of the app, and never given back.`

/** Tokens of single sub-accounts. */
export const ghlTokenRoute: FastifyPluginAsyncTypebox<GhlTokenDeps> = async (app, deps) => {
  const tenantOfLocation = async (request: FastifyRequest, locationId: string): Promise<string> => {
    const location = await deps.organisation.location(locationId)
    if (!location) throw new problems.notFound('location')
    mustReach(request, { ...location, locationId })
    request.audited = { subject: locationId, detail: { tenant: location.tenant } }
    return location.tenant
  }
  app.put(
    '/v1/locations/:id/ghl-token',
    {
      config: { ...ADMIN, audit: 'location.ghl-token' },
      schema: {
        tags,
        summary: 'Write to this sub-account with a token of its own',
        description,
        params: IdParams,
        body: Type.Object({ token: Type.String({ minLength: 8, maxLength: 4_000 }) }, { additionalProperties: false }),
      },
    },
    async (request, reply) => {
      const { id } = request.params
      const tenant = await tenantOfLocation(request, id)
      await deps.privateTokens.put(tenant, id, seal(deps.secretKey, request.body.token.trim()))
      return reply.code(204).send()
    },
  )
  app.delete(
    '/v1/locations/:id/ghl-token',
    {
      config: { ...ADMIN, audit: 'location.ghl-token-delete' },
      schema: { tags, summary: "Forget the sub-account's own token", params: IdParams },
    },
    async (request, reply) => {
      await tenantOfLocation(request, request.params.id)
      if (!(await deps.privateTokens.delete(request.params.id))) throw new problems.notFound('token')
      return reply.code(204).send()
    },
  )
}
