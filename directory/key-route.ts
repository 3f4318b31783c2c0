import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import Type from 'typebox'
import { roles } from '../contracts/access.ts'
import { mustReachAll, tenantOf } from './authorise.ts'
import { problems } from './problems.ts'
import { ADMIN, UuidParams } from './route-schemas.ts'
import type { KeyStore } from './stores/key-store.ts'

const tags = ['keys']
const Ids = Type.Array(Type.String({ maxLength: 64 }), { maxItems: 10_000, default: [] })

const NewKey = Type.Object(
  {
    tenant: Type.Union([Type.String({ minLength: 1 }), Type.Null()]),
    role: Type.Enum([...roles]),
    name: Type.String({ minLength: 1, maxLength: 200 }),
    regionIds: Ids,
    locationIds: Ids,
  },
  { additionalProperties: false },
)

/** Access keys: shown once when made, kept as hashes, revoked by id. */
export const keyRoute: FastifyPluginAsyncTypebox<{ keys: KeyStore }> = async (app, { keys }) => {
  app.post(
    '/v1/keys',
    { config: { ...ADMIN, audit: 'key.create' }, schema: { tags, body: NewKey } },
    async (request, reply) => {
      const { tenant, role, name } = request.body
      if (tenant === null && role !== 'admin')
        throw new problems.badRequest('Only the role admin may be without a tenant.')
      // Else who has a part would make himself a key of all.
      mustReachAll(request, tenant ?? '')
      const created = await keys.create(request.body)
      request.audited = { subject: created.id, detail: { tenant, role, name } }
      return reply.code(201).send(created)
    },
  )
  app.delete(
    '/v1/keys/:id',
    { config: { ...ADMIN, audit: 'key.revoke' }, schema: { tags, params: UuidParams } },
    async (request, reply) => {
      const own = tenantOf(request)
      mustReachAll(request, own ?? '')
      if (!(await keys.revoke(request.params.id, own))) throw new problems.notFound('key')
      return reply.code(204).send()
    },
  )
}
